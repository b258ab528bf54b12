// Reads configuration files as Prometheus does and prints what it took from each: one JSON document a line in, one a line out.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v3"

	_ "github.com/prometheus/prometheus/plugins"
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
	loaded, err := config.Load(text, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	// It prints its configuration as it took it, with defaults.
	err = yaml.Unmarshal([]byte(loaded.String()), &value)
	return value, err
}
