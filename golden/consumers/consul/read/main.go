// Reads configuration files as Consul does and prints what it took from each: one JSON document a line in, one a line out.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/consul/agent/config"
)

type answer struct {
	Value any    `json:"value"`
	Error string `json:"error,omitempty"`
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		var asked struct{ Text string }
		if err := in.Decode(&asked); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		value, err := read(asked.Text)
		said := answer{Value: value}
		if err != nil {
			said = answer{Error: err.Error()}
		}
		if err := out.Encode(said); err != nil {
			panic(err)
		}
	}
}

func read(text string) (value any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	read, about, err := config.FileSource{Name: "consul.hcl", Format: "hcl", Data: text}.Parse()
	if err != nil {
		return nil, err
	}
	if len(about.Unused) > 0 {
		return nil, fmt.Errorf("invalid config keys %q", about.Unused)
	}
	return read, nil
}
