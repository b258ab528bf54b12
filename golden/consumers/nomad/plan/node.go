package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/hashicorp/consul-template/signals"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/nomad/command/agent"
	"github.com/hashicorp/nomad/helper/pool"
	"github.com/hashicorp/nomad/nomad/structs"
	"github.com/hashicorp/yamux"
)

// machine is a node as the lab's manifests tell it: a folder with the configuration of its agent, and what an agent finds out by itself.
type machine struct {
	Config            string
	Arch, OS          string
	CPU, Memory, Disk int
	Drivers           []string
	Devices           map[string]int
}

// peer sends to a server what other agents send.
type peer struct {
	pool    *pool.ConnPool
	address net.Addr
}

func newPeer(address string) (*peer, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	return &peer{pool.NewPool(hclog.NewNullLogger(), 0, 1, nil, yamux.DefaultConfig()), resolved}, nil
}

// register sends what the agent of a machine would, once it is up and runs these plugins of storage.
func (p *peer) register(m *machine, plugins []string) error {
	node, err := m.node(plugins)
	if err != nil {
		return err
	}
	asked := structs.NodeRegisterRequest{Node: node, WriteRequest: structs.WriteRequest{Region: "global"}}
	return eventually(func() (bool, error) {
		err := p.call("Node.Register", &asked, &structs.NodeUpdateResponse{})
		// For a moment after it was put back, the server has no key to sign what nodes show.
		if err != nil && strings.Contains(err.Error(), "keyring has not been initialized") {
			return false, nil
		}
		return true, err
	})
}

func (p *peer) call(method string, asked, said any) error {
	return p.pool.RPC("global", p.address, method, asked, said)
}

func (m *machine) node(plugins []string) (*structs.Node, error) {
	config, err := agent.LoadConfig(m.Config)
	if err != nil {
		return nil, err
	}
	client := config.Client
	address := config.AdvertiseAddrs.RPC
	node := &structs.Node{
		ID:                id(config.NodeName),
		SecretID:          id(config.NodeName + " secret"),
		Name:              config.NodeName,
		Datacenter:        config.Datacenter,
		NodePool:          client.NodePool,
		NodeClass:         client.NodeClass,
		Meta:              client.Meta,
		Status:            structs.NodeStatusReady,
		Attributes:        m.attributes(config),
		Drivers:           map[string]*structs.DriverInfo{},
		HostVolumes:       map[string]*structs.ClientHostVolumeConfig{},
		CSINodePlugins:    map[string]*structs.CSIInfo{},
		NodeResources:     m.resources(client, address),
		ReservedResources: reserved(client.Reserved),
	}
	for _, driver := range m.Drivers {
		node.Drivers[driver] = &structs.DriverInfo{Detected: true, Healthy: true, Attributes: map[string]string{"driver." + driver: "1"}}
	}
	for _, volume := range client.HostVolumes {
		node.HostVolumes[volume.Name] = volume
	}
	for _, plugin := range plugins {
		node.CSINodePlugins[plugin] = &structs.CSIInfo{PluginID: plugin, Healthy: true, NodeInfo: &structs.CSINodeInfo{ID: node.ID, MaxVolumes: 100}}
	}
	return node, nil
}

// attributes are those that an agent finds on any machine of this kind, with all that bridges need.
func (m *machine) attributes(config *agent.Config) map[string]string {
	found := map[string]string{
		"cpu.arch":                  m.Arch,
		"cpu.numcores":              "4",
		"cpu.totalcompute":          fmt.Sprint(m.CPU),
		"memory.totalbytes":         fmt.Sprint(m.Memory * 1024 * 1024),
		"unique.storage.bytesfree":  fmt.Sprint(m.Disk * 1024 * 1024),
		"kernel.name":               "linux",
		"kernel.version":            "6.12.0",
		"os.name":                   m.OS,
		"os.version":                "13",
		"os.signals":                strings.Join(slices.Sorted(maps.Keys(signals.SignalLookup)), ","),
		"os.cgroups.version":        "2",
		"nomad.version":             "1.11.3",
		"nomad.service_discovery":   "true",
		"unique.hostname":           config.NodeName,
		"unique.network.ip-address": config.AdvertiseAddrs.RPC,
	}
	for _, plugin := range []string{"bridge", "firewall", "host-local", "loopback", "portmap"} {
		found["plugins.cni.version."+plugin] = "1.6.2"
	}
	// An agent that doesn't look for Consul finds none.
	if consul := config.Consuls; len(consul) > 0 && consul[0].Addr != "" {
		found["consul.version"], found["consul.grpc"], found["consul.connect"] = "1.22.3", "8502", "true"
	}
	if vault := config.Vaults; len(vault) > 0 && vault[0].IsEnabled() {
		found["vault.version"], found["vault.accessible"] = "1.21.0", "true"
	}
	for _, driver := range m.Drivers {
		found["driver."+driver] = "1"
	}
	return found
}

func (m *machine) resources(client *agent.ClientConfig, address string) *structs.NodeResources {
	at := func(alias string) structs.NodeNetworkAddress {
		return structs.NodeNetworkAddress{Family: structs.NodeNetworkAF_IPv4, Alias: alias, Address: address}
	}
	addresses := []structs.NodeNetworkAddress{at("default")}
	for _, network := range client.HostNetworks {
		addresses = append(addresses, at(network.Name))
	}
	found := &structs.NodeResources{
		Cpu:    structs.LegacyNodeCpuResources{CpuShares: int64(m.CPU), TotalCpuCores: 4, ReservableCpuCores: []uint16{0, 1, 2, 3}},
		Memory: structs.NodeMemoryResources{MemoryMB: int64(m.Memory)},
		Disk:   structs.NodeDiskResources{DiskMB: int64(m.Disk)},
		Networks: []*structs.NetworkResource{
			{Mode: "host", Device: "eth0", CIDR: address + "/32", IP: address, MBits: 1000},
			{Mode: "bridge", Device: "nomad"},
		},
		NodeNetworks: []*structs.NodeNetworkResource{
			{Mode: "host", Device: "eth0", Speed: 1000, Addresses: addresses},
			{Mode: "bridge", Device: "nomad"},
		},
		MinDynamicPort: or(client.MinDynamicPort, structs.DefaultMinDynamicPort),
		MaxDynamicPort: or(client.MaxDynamicPort, structs.DefaultMaxDynamicPort),
	}
	for name, count := range m.Devices {
		device := &structs.NodeDeviceResource{Type: name, Name: "any"}
		if vendor, kind, both := strings.Cut(name, "/"); both {
			device.Vendor, device.Type = vendor, kind
		}
		for at := range count {
			device.Instances = append(device.Instances, &structs.NodeDevice{ID: fmt.Sprint(name, at), Healthy: true})
		}
		found.Devices = append(found.Devices, device)
	}
	found.Compatibility()
	return found
}

func reserved(told *agent.Resources) *structs.NodeReservedResources {
	if told == nil {
		told = &agent.Resources{}
	}
	return &structs.NodeReservedResources{
		Cpu:      structs.NodeReservedCpuResources{CpuShares: int64(told.CPU)},
		Memory:   structs.NodeReservedMemoryResources{MemoryMB: int64(told.MemoryMB)},
		Disk:     structs.NodeReservedDiskResources{DiskMB: int64(told.DiskMB)},
		Networks: structs.NodeReservedNetworkResources{ReservedHostPorts: told.ReservedPorts},
	}
}

func or(told, otherwise int) int {
	if told == 0 {
		return otherwise
	}
	return told
}

// id is the same one for the same name each time.
func id(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
