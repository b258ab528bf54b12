// What both listings share: consul/fields has it by a link.
package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// field is one name that a program reads: where it stands, with dots between the names, and what it is.
type field struct {
	Language string `json:"language"`
	Path     string `json:"path"`
	Kind     string `json:"kind"`
}

// lister prints the fields of types. Names come from the first of these tags that a field has.
type lister struct {
	tags []string
	// What a field without a tag is called; nil where it isn't read.
	untagged func(string) string
	language string
	out      *json.Encoder
}

func (l lister) list(path string, of reflect.Type, open []reflect.Type) {
	// A type that holds itself is listed twice: what it holds may stand in it under another name.
	if at := slices.Index(open, of); at >= 0 && slices.Contains(open[at+1:], of) {
		return
	}
	open = append(slices.Clone(open), of)
	for at := range of.NumField() {
		part := of.Field(at)
		name, options := l.name(part)
		if part.Anonymous && (name == "" || strings.Contains(options, "squash")) {
			l.list(path, inside(part.Type), open)
			continue
		}
		if name == "" {
			continue
		}
		here := strings.TrimPrefix(path+"."+name, ".")
		kind, body := kindOf(part.Type)
		if err := l.out.Encode(field{l.language, here, kind}); err != nil {
			panic(err)
		}
		if body != nil {
			l.list(here, body, open)
		}
	}
}

func (l lister) name(part reflect.StructField) (name, options string) {
	if !part.IsExported() {
		return "", ""
	}
	for _, tag := range l.tags {
		if text, found := part.Tag.Lookup(tag); found {
			name, options, _ = strings.Cut(text, ",")
			switch {
			case name == "-" || options == "label" || options == "key" || options == "remain" || options == "unusedKeys":
				return "", options
			case name != "":
				return name, options
			}
		}
	}
	if l.untagged != nil && !part.Anonymous {
		return l.untagged(part.Name), options
	}
	return "", options
}

func inside(of reflect.Type) reflect.Type {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	return of
}

// kindOf is the kind of a type, and the struct whose fields stand inside of it.
func kindOf(of reflect.Type) (string, reflect.Type) {
	of = inside(of)
	if of == reflect.TypeFor[time.Duration]() {
		return "duration", nil
	}
	if of == reflect.TypeFor[time.Time]() {
		return "string", nil
	}
	switch of.Kind() {
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "bool", nil
	case reflect.Float32, reflect.Float64:
		return "float", nil
	case reflect.Interface:
		return "any", nil
	case reflect.Struct:
		return "block", of
	case reflect.Slice, reflect.Array:
		if inside(of.Elem()).Kind() == reflect.Uint8 {
			return "string", nil
		}
		kind, body := kindOf(of.Elem())
		return "many " + kind, body
	case reflect.Map:
		kind, body := kindOf(of.Elem())
		return "map " + kind, body
	}
	return "int", nil
}
