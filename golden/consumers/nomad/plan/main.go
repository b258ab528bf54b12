// plan-nomad plans the jobs of labs on a server of Nomad's, each lab on nodes of its own.
//
// The server is the one at NOMAD_ADDR, which answers other agents at NOMAD_RPC; it has nothing but what is sent to it here. A line
// of JSON in is a lab, and a line out what `nomad job plan` has against it: {"alone": […], "beside": […]}.
// First each job is planned where nothing runs. Where nothing was found, one after the other is planned and then run, as far as
// the server knows: nodes that nobody has start nothing.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/hashicorp/nomad/api"
	"github.com/hashicorp/nomad/helper/pointer"
	"github.com/hashicorp/nomad/jobspec2"
)

// lab is what is sent.
type lab struct {
	Region     string
	Namespaces []string
	Nodes      []machine
	// The job files, and those of them that are registered.
	Jobs, Deployed []string
}

// findings is the answer.
type findings struct {
	Alone  []string `json:"alone"`
	Beside []string `json:"beside"`
}

// server is where the plans are made, and what it held before the first.
type server struct {
	client *api.Client
	rpc    *peer
	empty  []byte
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

func run() error {
	client, err := api.NewClient(api.DefaultConfig())
	if err != nil {
		return err
	}
	rpc, err := newPeer(os.Getenv("NOMAD_RPC"))
	if err != nil {
		return err
	}
	s := &server{client: client, rpc: rpc}
	in, out := json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		var asked lab
		if err := in.Decode(&asked); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		said, err := s.plan(&asked)
		if err != nil {
			return err
		}
		if err := out.Encode(said); err != nil {
			return err
		}
	}
}

// plan has the lab in place of the one before, and plans its jobs.
func (s *server) plan(asked *lab) (*findings, error) {
	if err := s.clear(); err != nil {
		return nil, err
	}
	for _, name := range asked.Namespaces {
		if _, err := s.client.Namespaces().Register(&api.Namespace{Name: name}, nil); err != nil {
			return nil, err
		}
	}
	jobs := map[string]*api.Job{}
	said := &findings{Alone: []string{}, Beside: []string{}}
	for _, path := range asked.Jobs {
		job, err := parse(path)
		if err != nil {
			said.Alone = append(said.Alone, err.Error())
			continue
		}
		inRegion(job, asked.Region)
		jobs[path] = job
	}
	plugins := pluginsOf(jobs)
	for _, machine := range asked.Nodes {
		if err := s.rpc.register(&machine, plugins); err != nil {
			return nil, err
		}
	}
	if err := s.volumes(jobs, plugins); err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(jobs)) {
		said.Alone = append(said.Alone, s.ask(jobs[path])...)
	}
	if len(said.Alone) > 0 {
		return said, nil
	}
	for _, path := range asked.Deployed {
		said.Beside = append(said.Beside, s.ask(jobs[path])...)
		if err := s.run(jobs[path]); err != nil {
			return nil, err
		}
	}
	return said, nil
}

// clear puts the server back to what it was at first.
func (s *server) clear() error {
	if s.empty == nil {
		if err := eventually(func() (bool, error) {
			keys, _, err := s.client.Keyring().List(nil)
			return len(keys) > 0, err
		}); err != nil {
			return err
		}
		snapshot, err := s.client.Operator().Snapshot(nil)
		if err != nil {
			return err
		}
		defer snapshot.Close()
		s.empty, err = io.ReadAll(snapshot)
		return err
	}
	_, err := s.client.Operator().SnapshotRestore(bytes.NewReader(s.empty), nil)
	return err
}

// parse reads a job file as `nomad job plan` does.
func parse(path string) (job *api.Job, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return jobspec2.ParseWithConfig(&jobspec2.ParseConfig{Path: path, Body: text, AllowFS: true, Strict: true})
}

// inRegion has a job of the lab's region in the server's, and any other in one that there isn't.
func inRegion(job *api.Job, region string) {
	if job.Region == nil || *job.Region == region {
		job.Region = nil
	} else {
		job.Region = pointer.Of("not " + region)
	}
}

// ask plans a job: why it is refused, what couldn't be placed and why, and what Nomad warns of.
func (s *server) ask(job *api.Job) (findings []string) {
	said, _, err := s.client.Jobs().Plan(job, false, inNamespace(job))
	if err != nil {
		return []string{err.Error()}
	}
	for _, group := range slices.Sorted(maps.Keys(said.FailedTGAllocs)) {
		why := said.FailedTGAllocs[group]
		findings = append(findings, fmt.Sprintf("%s.%s isn't placed on %d nodes: filtered %v, exhausted %v",
			*job.ID, group, why.NodesEvaluated, why.ConstraintFiltered, why.DimensionExhausted))
	}
	if said.Warnings != "" {
		findings = append(findings, said.Warnings)
	}
	return findings
}

// run registers a job, waits until it is placed where there is room, and has it take its volumes.
func (s *server) run(job *api.Job) error {
	said, _, err := s.client.Jobs().Register(job, inNamespace(job))
	if err != nil || said.EvalID == "" {
		return err
	}
	query := &api.QueryOptions{Namespace: inNamespace(job).Namespace}
	if err := eventually(func() (bool, error) {
		evaluation, _, err := s.client.Evaluations().Info(said.EvalID, query)
		return err == nil && evaluation.Status != api.EvalStatusPending, err
	}); err != nil {
		return err
	}
	return s.take(job, query)
}

// eventually asks until what is asked for is so.
func eventually(ask func() (bool, error)) error {
	for range 1000 {
		if so, err := ask(); so || err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("the server takes too long")
}

func inNamespace(job *api.Job) *api.WriteOptions {
	options := &api.WriteOptions{}
	if job.Namespace != nil {
		options.Namespace = *job.Namespace
	}
	return options
}
