// nomad-batch reads job files the way `nomad job validate` does, many in one process.
//
// On standard input it takes paths of job files, a line each; for each it prints one line of JSON, in the same order:
// {"path": …, "error": …, "warnings": …, "job": …}. `error` is null for a job that Nomad accepts, and `job` is what it
// understood, as its API would send it; null where the file cannot be read as a job.
//
// With NOMAD_ADDR set, the server there validates too, which knows more than the job by itself does.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/hashicorp/nomad/api"
	"github.com/hashicorp/nomad/command/agent"
	"github.com/hashicorp/nomad/helper"
	"github.com/hashicorp/nomad/jobspec2"
)

// verdict is what is said of one file.
type verdict struct {
	Path     string   `json:"path"`
	Error    *string  `json:"error"`
	Warnings string   `json:"warnings"`
	Job      *api.Job `json:"job"`
}

func (v *verdict) refuse(err error) {
	text := err.Error()
	v.Error = &text
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

func run() error {
	var paths []string
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		paths = append(paths, lines.Text())
	}
	if err := lines.Err(); err != nil {
		return err
	}
	client, err := server()
	if err != nil {
		return err
	}
	verdicts := make([]verdict, len(paths))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for at := range next {
				verdicts[at] = judge(paths[at], client)
			}
		}()
	}
	for at := range paths {
		next <- at
	}
	close(next)
	workers.Wait()
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, verdict := range verdicts {
		if err := encoder.Encode(verdict); err != nil {
			return err
		}
	}
	return out.Flush()
}

// server is the one at NOMAD_ADDR, or nil.
func server() (*api.Client, error) {
	if os.Getenv("NOMAD_ADDR") == "" {
		return nil, nil
	}
	return api.NewClient(api.DefaultConfig())
}

// judge parses, canonicalizes and validates one file; a panic of Nomad's is a refusal as well.
func judge(path string, client *api.Client) (v verdict) {
	v.Path = path
	defer func() {
		if reason := recover(); reason != nil {
			v.refuse(fmt.Errorf("panic: %v", reason))
		}
	}()
	text, err := os.ReadFile(path)
	if err != nil {
		v.refuse(err)
		return v
	}
	job, err := jobspec2.ParseWithConfig(&jobspec2.ParseConfig{Path: path, Body: text, AllowFS: true, Strict: true})
	if err != nil {
		v.refuse(err)
		return v
	}
	// A copy for the answer: validation fills defaults in.
	encoded, err := json.Marshal(job)
	if err != nil {
		v.refuse(err)
		return v
	}
	if err := json.Unmarshal(encoded, &v.Job); err != nil {
		v.refuse(err)
		return v
	}
	if client != nil {
		said, _, err := client.Jobs().Validate(job, nil)
		switch {
		case err != nil:
			v.refuse(err)
		case said.Error != "":
			v.Error = &said.Error
		default:
			v.Warnings = said.Warnings
		}
		return v
	}
	inside := agent.ApiJobToStructJob(job)
	inside.Canonicalize()
	if err := inside.Validate(); err != nil {
		v.refuse(err)
	}
	v.Warnings = helper.MergeMultierrorWarnings(inside.Warnings())
	return v
}
