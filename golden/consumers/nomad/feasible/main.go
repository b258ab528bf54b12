// feasible-nomad asks the constraint checker of Nomad's scheduler.
//
// A line of JSON in, `{"operator": …, "left": …, "right": …}` with null for what a node doesn't have, is a line out:
// true where the constraint holds.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/nomad/nomad/structs"
	"github.com/hashicorp/nomad/scheduler/feasible"
)

type question struct {
	Operator    string
	Left, Right *string
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	context := feasible.NewEvalContext(nil, nil, nil, hclog.NewNullLogger())
	in := json.NewDecoder(os.Stdin)
	for {
		var asked question
		if err := in.Decode(&asked); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		node := &structs.Node{Meta: map[string]string{}}
		for name, value := range map[string]*string{"left": asked.Left, "right": asked.Right} {
			if value != nil {
				node.Meta[name] = *value
			}
		}
		constraint := &structs.Constraint{LTarget: "${meta.left}", RTarget: "${meta.right}", Operand: asked.Operator}
		checker := feasible.NewConstraintChecker(context, []*structs.Constraint{constraint})
		fmt.Fprintln(out, checker.Feasible(node))
	}
}
