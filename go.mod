module example.com/fivestep

go 1.23
