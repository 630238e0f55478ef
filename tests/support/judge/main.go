// The judge of what aws-iam-authenticator reads in an aws-auth ConfigMap: one JSON object a line on stdin, one a line on stdout.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"

	"github.com/sirupsen/logrus"
	"sigs.k8s.io/aws-iam-authenticator/pkg/config"
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap"
)

type question struct {
	Data map[string]string `json:"data"`
}

type answer struct {
	Roles    []config.RoleMapping `json:"roles"`
	Users    []config.UserMapping `json:"users"`
	Accounts []string             `json:"accounts"`
	// Error is what the authenticator logs when it drops something; empty when it reads everything.
	Error string `json:"error,omitempty"`
}

func main() {
	logrus.SetOutput(io.Discard)
	in := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	buffered := bufio.NewWriterSize(os.Stdout, 1<<20)
	out := json.NewEncoder(buffered)
	out.SetEscapeHTML(false)
	for {
		var q question
		if err := in.Decode(&q); err == io.EOF {
			break
		} else if err != nil {
			log.Fatalf("a line of JSON {\"data\": {…}} was expected: %v", err)
		}
		var a answer
		var err error
		a.Users, a.Roles, a.Accounts, err = configmap.ParseMap(q.Data)
		if err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			log.Fatal(err)
		}
		// The asker waits for each answer once it has nothing more to ask.
		if err := buffered.Flush(); err != nil {
			log.Fatal(err)
		}
	}
}
