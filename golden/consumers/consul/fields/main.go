// consul-fields lists by reflection every name that Consul reads in an agent's configuration and in each kind of config entry: a
// line of JSON each.
package main

import (
	"encoding/json"
	"os"
	"reflect"

	"github.com/hashicorp/consul/agent/config"
	"github.com/hashicorp/consul/agent/structs"
	"github.com/hashicorp/consul/api"
)

func main() {
	out := json.NewEncoder(os.Stdout)
	agent := lister{tags: []string{"mapstructure"}, language: "consul-agent", out: out}
	agent.list("", reflect.TypeFor[config.Config](), nil)
	agent.list("", reflect.TypeFor[config.DeprecatedConfig](), nil)
	for _, kind := range structs.AllConfigEntryKinds {
		entry, err := api.MakeConfigEntry(kind, "")
		if err != nil {
			continue
		}
		language := "consul-config-entry-" + kind
		lister{tags: []string{"mapstructure", "json"}, untagged: same, language: language, out: out}.list("", inside(reflect.TypeOf(entry)), nil)
	}
}

func same(name string) string { return name }
