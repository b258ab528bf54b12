// Reads policies as Vault does and prints what it took from each: one JSON document a line in, one a line out.
package main

import (
	"encoding/json"
	"io"
	"os"

	"github.com/hashicorp/vault/helper/namespace"
	"github.com/hashicorp/vault/vault"
)

type rule struct {
	Path         string
	Capabilities []string
	// Whether it holds for other paths too.
	Wide bool
}

type answer struct {
	Value []rule `json:"value"`
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
		if err := out.Encode(read(asked.Text)); err != nil {
			panic(err)
		}
	}
}

func read(text string) answer {
	policy, err := vault.ParseACLPolicy(namespace.RootNamespace, text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	rules := []rule{}
	for _, path := range policy.Paths {
		wide := path.IsPrefix || path.HasSegmentWildcards || policy.Templated
		rules = append(rules, rule{path.Path, path.Capabilities, wide})
	}
	return answer{Value: rules}
}
