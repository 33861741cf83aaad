// Renders the table of cases by Go itself, with Sprig, and prints what came out as JSON: what ours must equal.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"text/template"
	"time"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type section struct {
	Data       any
	Missing    string
	Delimiters []string
	Cases      []struct{ Template string }
}

type outcome struct {
	Gives string `json:"gives"`
	Error string `json:"error"`
}

func render(s section, text string) (gives string, err error) {
	defer func() {
		if r := recover(); r != nil {
			gives, err = "", fmt.Errorf("panic: %v", r)
		}
	}()
	functions := sprig.TxtFuncMap()
	functions["now"] = func() time.Time { return time.Date(2026, 3, 1, 12, 30, 5, 120000000, time.UTC) }
	t := template.New("the text").Funcs(functions)
	if s.Delimiters != nil {
		t.Delims(s.Delimiters[0], s.Delimiters[1])
	}
	if s.Missing == "error" {
		t.Option("missingkey=error")
	}
	if _, err = t.Parse(text); err != nil {
		return "", err
	}
	var output bytes.Buffer
	if err = t.Execute(&output, s.Data); err != nil {
		return "", err
	}
	return output.String(), nil
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var sections map[string]section
	if err := yaml.Unmarshal(text, &sections); err != nil {
		log.Fatal(err)
	}
	outcomes := map[string][]outcome{}
	for name, s := range sections {
		for _, c := range s.Cases {
			// What a case does to the data must not reach the next one.
			var fresh map[string]section
			_ = yaml.Unmarshal(text, &fresh)
			gives, err := render(fresh[name], c.Template)
			o := outcome{Gives: gives}
			if err != nil {
				o.Error = err.Error()
			}
			outcomes[name] = append(outcomes[name], o)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(outcomes); err != nil {
		log.Fatal(err)
	}
}
