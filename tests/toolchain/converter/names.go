package main

import (
	"fmt"
	"os"
	"sort"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
)

type fieldInfos = map[string]*tfbridge.SchemaInfo

// names prints, for each attribute of each resource in a file with a mapping, its path in Terraform and the one that the
// bridge makes of it.
func names(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	mapping, err := decode(data)
	if err != nil {
		return err
	}
	info := mapping.Unmarshal()
	var lines []string
	info.P.ResourcesMap().Range(func(resource string, schema shim.Resource) bool {
		lines = append(lines, walk(schema.Schema(), info.Resources[resource].Fields, "", "")...)
		return true
	})
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	return nil
}

func walk(schemas shim.SchemaMap, fields fieldInfos, theirs, ours string) []string {
	var lines []string
	schemas.Range(func(key string, schema shim.Schema) bool {
		their, our := theirs+key, ours+tfbridge.TerraformToPulumiNameV2(key, schemas, fields)
		lines = append(lines, their+" "+our)
		if resource, ok := schema.Elem().(shim.Resource); ok {
			for _, members := range membersOf(schema, fields[key]) {
				lines = append(lines, walk(resource.Schema(), members, their+".", our+".")...)
			}
		}
		return true
	})
	return lines
}

// membersOf: where converters look for the names of an object's members. Of a list of one the older ones look at its
// element and the newer ones at the list, which has to come to the same.
func membersOf(schema shim.Schema, info *tfbridge.SchemaInfo) []fieldInfos {
	switch {
	case schema.Type() == shim.TypeMap:
		return []fieldInfos{info.Fields}
	case tfbridge.IsMaxItemsOne(schema, info):
		return []fieldInfos{info.Fields, info.Elem.Fields}
	default:
		return []fieldInfos{info.Elem.Fields}
	}
}
