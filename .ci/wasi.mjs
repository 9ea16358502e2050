// SPDX-License-Identifier: 0BSD
// Runs a program for wasip1/wasm with Node's own WASI, as go test -exec wants it.
import { readFileSync } from 'node:fs'
import { WASI } from 'node:wasi'

const args = process.argv.slice(2)
const wasi = new WASI({
  version: 'preview1',
  args,
  env: process.env,
  preopens: { '/': '/' },
  returnOnExit: false, // Node 20 sometimes crashes when it tears down a program that has ended
})
const program = await WebAssembly.compile(readFileSync(args[0]))
wasi.start(await WebAssembly.instantiate(program, wasi.getImportObject()))
