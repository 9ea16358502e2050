// SPDX-License-Identifier: 0BSD

package page

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"strings"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

// WriteFile writes the lesson and the whole lab as one HTML file that needs no
// server, no network and no script.
func WriteFile(ctx context.Context, w io.Writer, t *walkthrough.Trace) error {
	all, err := parseTemplates()
	if err != nil {
		return err
	}
	s := fileSite()
	lesson, err := newLessonPage(s, t, false)
	if err != nil {
		return err
	}
	content := filePage{site: s}
	if content.LessonPart, err = fragment(all, "lesson", lesson); err != nil {
		return err
	}
	if content.Steps, err = fileSteps(ctx, all, s); err != nil {
		return err
	}
	d := document{Title: "From a key file to calendar events", site: s}
	page, err := render(all, d, "file", content)
	if err != nil {
		return err
	}
	if _, err := w.Write(page); err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	return nil
}

// filePage is what the template "file" shows.
type filePage struct {
	site
	LessonPart template.HTML
	Steps      []fileStep
}

type fileStep struct {
	Number  int
	Title   string
	Results []fileResult
}

type fileResult struct {
	lab.Breakage
	Body template.HTML
}

// fileSteps runs every breakage.
func fileSteps(ctx context.Context, all *template.Template, s site) ([]fileStep, error) {
	var steps []fileStep
	for _, step := range newLabPage(s).Steps {
		section := fileStep{Number: step.Number, Title: step.Title}
		for _, b := range step.Breakages {
			result, err := lab.Break(ctx, b.Name)
			if err != nil {
				return nil, err
			}
			view := newResultPage(s, result)
			view.Change = "" // the summary shows it already
			body, err := fragment(all, "result", view)
			if err != nil {
				return nil, err
			}
			section.Results = append(section.Results, fileResult{b, lowerHeadings(body)})
		}
		steps = append(steps, section)
	}
	return steps, nil
}

// lowerHeadings turns the headings of a page into headings within a part of the
// file.
func lowerHeadings(page template.HTML) template.HTML {
	headings := strings.NewReplacer("<h2", "<h5", "</h2>", "</h5>")
	return template.HTML(headings.Replace(string(page)))
}
