// Command yamlreader reads YAML the way kubectl, Argo CD and Flux do.
//
// Standard input holds texts, each after its length in bytes as four bytes, big end first. For each, one line of JSON
// goes to standard output: {"value": …} or {"error": "…"}.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"sigs.k8s.io/yaml"
)

type answer struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for {
		text, err := next(in)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		if err := answers.Encode(read(text)); err != nil {
			log.Fatal(err)
		}
	}
}

func next(in io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(in, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(in, text); err != nil {
		return nil, errors.New("the input ends within a text")
	}
	return text, nil
}

func read(text []byte) answer {
	value, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Value: value}
}
