// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// WriteHTML writes the lesson and the whole lab as one file that needs no server,
// no network and no script.
func (t *Trace) WriteHTML(ctx context.Context, w io.Writer) error {
	all, err := templates()
	if err != nil {
		return err
	}
	s := fileSite()
	lesson, err := t.lessonPage(s, false)
	if err != nil {
		return err
	}
	content := filePage{site: s}
	if content.LessonPart, err = fragment(all, "lesson", lesson); err != nil {
		return err
	}
	for _, step := range newLabPage(s, t).Steps {
		section := fileStep{Step: Step{Number: step.Number, Title: step.Title}}
		for _, b := range step.Breakages {
			result, err := Break(ctx, b.Name)
			if err != nil {
				return err
			}
			view := newResultPage(s, result)
			view.Change = "" // stands in the line above
			body, err := fragment(all, "result", view)
			if err != nil {
				return err
			}
			section.Results = append(section.Results, fileResult{b, deeper(body)})
		}
		content.Steps = append(content.Steps, section)
	}
	page, err := render(all, document{Title: "From a key file to calendar events", site: s}, "file", content)
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
	Step
	Results []fileResult
}

type fileResult struct {
	Breakage
	Body template.HTML
}

// deeper turns the headings of a page into those of a part of the file.
func deeper(page template.HTML) template.HTML {
	return template.HTML(strings.NewReplacer("<h2", "<h5", "</h2>", "</h5>").Replace(string(page)))
}
