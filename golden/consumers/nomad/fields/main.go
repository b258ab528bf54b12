// nomad-fields lists by reflection every name that Nomad reads in a job, an agent's configuration, a volume, a namespace, a
// node pool and an ACL policy, and in the configuration of its own task drivers: a line of JSON each.
package main

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/nomad/acl"
	"github.com/hashicorp/nomad/api"
	"github.com/hashicorp/nomad/command/agent"
	"github.com/hashicorp/nomad/drivers/docker"
	"github.com/hashicorp/nomad/drivers/exec"
	"github.com/hashicorp/nomad/drivers/java"
	"github.com/hashicorp/nomad/drivers/qemu"
	"github.com/hashicorp/nomad/drivers/rawexec"
	"github.com/hashicorp/nomad/nomad/structs/config"
	"github.com/hashicorp/nomad/plugins/drivers"
	"github.com/hashicorp/nomad/plugins/shared/hclspec"
)

// What a job file holds at its top.
type jobFile struct {
	Job api.Job `hcl:"job,block"`
}

// What a node pool's file holds.
type nodePoolFile struct {
	NodePool api.NodePool `hcl:"node_pool,block"`
}

// What an agent reads by a function of its own.
type agentBlocks struct {
	Consul []*config.ConsulConfig `hcl:"consul"`
	Vault  []*config.VaultConfig  `hcl:"vault"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	list := func(language string, of any, untagged func(string) string, tags ...string) {
		lister{tags: tags, untagged: untagged, language: language, out: out}.list("", reflect.TypeOf(of), nil)
	}
	list("nomad-job", jobFile{}, nil, "hcl")
	list("nomad-agent", agent.Config{}, nil, "hcl")
	list("nomad-agent", agentBlocks{}, nil, "hcl", "mapstructure")
	list("nomad-acl-policy", acl.Policy{}, strings.ToLower, "hcl")
	list("nomad-namespace", api.Namespace{}, strings.ToLower, "mapstructure", "hcl")
	list("nomad-node-pool", nodePoolFile{}, nil, "hcl")
	list("nomad-volume", api.CSIVolume{}, strings.ToLower, "mapstructure", "hcl")
	list("nomad-host-volume", api.HostVolume{}, strings.ToLower, "mapstructure", "hcl")

	logger := hclog.NewNullLogger()
	for name, driver := range map[string]drivers.DriverPlugin{
		"docker":   docker.NewDockerDriver(context.Background(), logger),
		"exec":     exec.NewExecDriver(context.Background(), logger),
		"java":     java.NewDriver(context.Background(), logger),
		"qemu":     qemu.NewQemuDriver(context.Background(), logger),
		"raw_exec": rawexec.NewRawExecDriver(context.Background(), logger),
	} {
		task, err := driver.TaskConfigSchema()
		if err != nil {
			panic(err)
		}
		spec("driver-"+name, "", "", task, out)
		plugin, err := driver.ConfigSchema()
		if err != nil {
			panic(err)
		}
		spec("plugin-"+name, "", "", plugin, out)
	}
}

// spec lists what a driver reads, which its hclspec says.
func spec(language, path, prefix string, of *hclspec.Spec, out *json.Encoder) {
	put := func(name, kind string) string {
		here := strings.TrimPrefix(path+"."+name, ".")
		if err := out.Encode(field{language, here, prefix + kind}); err != nil {
			panic(err)
		}
		return here
	}
	switch of := of.Block.(type) {
	case *hclspec.Spec_Object:
		for _, each := range of.Object.Attributes {
			spec(language, path, "", each, out)
		}
	case *hclspec.Spec_Attr:
		put(of.Attr.Name, strings.NewReplacer("list(", "many ", "map(", "map ", ")", "", "number", "int").Replace(of.Attr.Type))
	case *hclspec.Spec_BlockValue:
		spec(language, put(of.BlockValue.Name, "block"), "", of.BlockValue.Nested, out)
	case *hclspec.Spec_BlockList:
		spec(language, put(of.BlockList.Name, "many block"), "", of.BlockList.Nested, out)
	case *hclspec.Spec_BlockSet:
		spec(language, put(of.BlockSet.Name, "many block"), "", of.BlockSet.Nested, out)
	case *hclspec.Spec_BlockMap:
		spec(language, put(of.BlockMap.Name, "many block"), "", of.BlockMap.Nested, out)
	case *hclspec.Spec_BlockAttrs:
		put(of.BlockAttrs.Name, "map "+of.BlockAttrs.Type)
	case *hclspec.Spec_Default:
		spec(language, path, "", of.Default.Primary, out)
	}
}
