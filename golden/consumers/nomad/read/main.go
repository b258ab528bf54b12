// Reads files as Nomad does and prints what it took from each: one JSON document a line in, one a line out.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/hashicorp/cli"
	"github.com/hashicorp/nomad/api"
	"github.com/hashicorp/nomad/command"
	"github.com/hashicorp/nomad/command/agent"
	"github.com/hashicorp/nomad/jobspec2"

	"github.com/hashicorp/consul-template/template"
	envparse "github.com/hashicorp/go-envparse"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type question struct {
	Kind string
	Text string
	// Of a template.
	Left, Right string
	// Of a template of a job file: what it is given.
	Names json.RawMessage
}

type answer struct {
	Value any    `json:"value"`
	Error string `json:"error,omitempty"`
}

func main() {
	folder, err := os.MkdirTemp("", "read-nomad")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		var asked question
		if err := in.Decode(&asked); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		value, err := read(asked, folder)
		said := answer{Value: value}
		if err != nil {
			said = answer{Error: err.Error()}
		}
		if err := out.Encode(said); err != nil {
			panic(err)
		}
	}
}

func read(asked question, folder string) (value any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	file := filepath.Join(folder, "file.hcl")
	switch asked.Kind {
	case "job":
		return job(asked.Text)
	case "job-form":
		return form(asked.Text)
	case "agent":
		if err := os.WriteFile(file, []byte(asked.Text), 0o600); err != nil {
			return nil, err
		}
		return agent.ParseConfigFile(file)
	case "namespace":
		return applied(asked.Text, file, func(meta command.Meta) cli.Command {
			return &command.NamespaceApplyCommand{Meta: meta}
		})
	case "node-pool":
		return applied(asked.Text, file, func(meta command.Meta) cli.Command {
			return &command.NodePoolApplyCommand{Meta: meta}
		})
	case "template":
		return rendered(asked)
	case "environment":
		return environment(asked.Text)
	case "job-template":
		return filled(asked)
	}
	return nil, fmt.Errorf("unknown kind %q", asked.Kind)
}

// The job as the command line would send it.
func form(text string) (*api.Job, error) {
	return jobspec2.ParseWithConfig(&jobspec2.ParseConfig{Path: "job.nomad.hcl", Body: []byte(text), Strict: true})
}

// The same, where a server would take it.
func job(text string) (*api.Job, error) {
	job, err := form(text)
	if err != nil {
		return nil, err
	}
	// What is checked is filled in with defaults, so it is another one.
	checked, err := form(text)
	if err != nil {
		return nil, err
	}
	inside := agent.ApiJobToStructJob(checked)
	inside.Canonicalize()
	return job, inside.Validate()
}

// What a command sends to the server.
func applied(text, file string, make func(command.Meta) cli.Command) (value any, err error) {
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, request *http.Request) {
		err = json.NewDecoder(request.Body).Decode(&value)
		fmt.Fprint(out, "{}")
	}))
	defer server.Close()
	var said bytes.Buffer
	ui := &cli.BasicUi{Reader: strings.NewReader(""), Writer: &said, ErrorWriter: &said}
	if code := make(command.Meta{Ui: ui}).Run([]string{"-address=" + server.URL, file}); code != 0 {
		return nil, fmt.Errorf("%s", strings.TrimSpace(said.String()))
	}
	return value, err
}

// What a task finds in a file that a template writes.
func rendered(asked question) (any, error) {
	made, err := template.NewTemplate(&template.NewTemplateInput{
		Contents:   asked.Text,
		LeftDelim:  asked.Left,
		RightDelim: asked.Right,
	})
	if err != nil {
		return nil, err
	}
	result, err := made.Execute(&template.ExecuteInput{Brain: template.NewBrain()})
	if err != nil {
		return nil, err
	}
	return string(result.Output), nil
}

// A template in the language of job files, with their functions.
func filled(asked question) (any, error) {
	ty, err := ctyjson.ImpliedType(asked.Names)
	if err != nil {
		return nil, err
	}
	names, err := ctyjson.Unmarshal(asked.Names, ty)
	if err != nil {
		return nil, err
	}
	expression, wrong := hclsyntax.ParseTemplate([]byte(asked.Text), "template", hcl.InitialPos)
	if wrong.HasErrors() {
		return nil, wrong
	}
	context := &hcl.EvalContext{Variables: names.AsValueMap(), Functions: jobspec2.Functions("/", false)}
	value, wrong := expression.Value(context)
	if wrong.HasErrors() {
		return nil, wrong
	}
	text, err := convert.Convert(value, cty.String)
	if err != nil {
		return nil, err
	}
	return text.AsString(), nil
}

// The variables that a template gives a task, where each secret and each address is called by its name.
func environment(text string) (any, error) {
	keys := map[string]bool{}
	secret := func(path string) map[string]any {
		held := map[string]any{}
		for key := range keys {
			held[key] = map[string]any{"Value": "secret " + path + " " + key}
		}
		return held
	}
	found := func(name string) []map[string]any {
		return []map[string]any{{"Address": "address of " + name, "Port": "port of " + name}}
	}
	made, err := texttemplate.New("template").Funcs(texttemplate.FuncMap{
		"nomadVar":     secret,
		"secret":       func(path string) any { return map[string]any{"Data": map[string]any{"data": values(secret(path))}} },
		"service":      found,
		"nomadService": found,
		"toJSON": func(value any) (string, error) {
			text, err := json.Marshal(value)
			return string(text), err
		},
	}).Parse(text)
	if err != nil {
		return nil, err
	}
	names(made.Tree.Root, keys)
	var said bytes.Buffer
	if err := made.Execute(&said, nil); err != nil {
		return nil, err
	}
	return envparse.Parse(&said)
}

func values(held map[string]any) map[string]any {
	for key, value := range held {
		held[key] = value.(map[string]any)["Value"]
	}
	return held
}

// Every name and text that a template has: some of them are the keys of secrets.
func names(of parse.Node, keys map[string]bool) {
	switch of := of.(type) {
	case *parse.ListNode:
		if of != nil {
			for _, each := range of.Nodes {
				names(each, keys)
			}
		}
	case *parse.ActionNode:
		names(of.Pipe, keys)
	case *parse.WithNode:
		names(of.Pipe, keys)
		names(of.List, keys)
	case *parse.RangeNode:
		names(of.Pipe, keys)
		names(of.List, keys)
	case *parse.PipeNode:
		for _, command := range of.Cmds {
			for _, each := range command.Args {
				names(each, keys)
			}
		}
	case *parse.ChainNode:
		names(of.Node, keys)
	case *parse.StringNode:
		keys[of.Text] = true
	case *parse.FieldNode:
		for _, name := range of.Ident {
			keys[name] = true
		}
	}
}
