// SPDX-License-Identifier: Apache-2.0

// What the Pods of the cluster's own test run.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

const usage = "usage: probe env NAME | file PATH | get URL | serve :PORT"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal(usage)
	}
	argument := os.Args[2]
	switch os.Args[1] {
	case "env":
		fmt.Println(os.Getenv(argument))
	case "file":
		text, err := os.ReadFile(argument)
		if err != nil {
			log.Fatal(err)
		}
		os.Stdout.Write(text)
	case "get":
		get(argument)
	case "serve":
		http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello from a Service") })
		log.Fatal(http.ListenAndServe(argument, nil))
	default:
		log.Fatal(usage)
	}
}

// get prints the body; a Service may need a moment until it is programmed.
func get(url string) {
	client := http.Client{Timeout: 2 * time.Second}
	deadline := time.Now().Add(20 * time.Second)
	for {
		response, err := client.Get(url)
		if err == nil {
			defer response.Body.Close()
			io.Copy(os.Stdout, response.Body)
			return
		}
		if time.Now().After(deadline) {
			log.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}
