package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/pulumi/pulumi/pkg/v3/codegen/convert"
)

// mappings gives the converter what providers answered to GetMapping.
type mappings struct{ mapper convert.Mapper }

func (m mappings) GetProviderInfo(_, _, name, _ string) (*tfbridge.ProviderInfo, error) {
	data, err := m.mapper.GetMapping(context.TODO(), name, &convert.MapperPackageHint{PluginName: name})
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("no plugin has a mapping for %s", name)
	}
	info, err := decode(data)
	if err != nil {
		return nil, err
	}
	for _, fields := range info.Provider.Resources {
		loosen(fields)
	}
	return info.Unmarshal(), nil
}

// decode takes nothing that the bridge's own type does not have.
func decode(data []byte) (*tfbridge.MarshallableProviderInfo, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var info tfbridge.MarshallableProviderInfo
	if err := decoder.Decode(&info); err != nil {
		return nil, fmt.Errorf("not a mapping: %w", err)
	}
	return &info, nil
}

// loosen makes nested attributes (`name = {...}` of a known shape) renamable: the bridge marks them as maps with a
// resource inside, which its own, older converter takes for plain maps whose keys are the user's.
func loosen(fields tfbridge.MarshallableResource) {
	for _, field := range fields {
		if field.Elem == nil || field.Elem.Schema != nil {
			continue
		}
		if field.Type == shim.TypeMap {
			field.Type = shim.TypeDynamic
		}
		loosen(field.Elem.Resource)
	}
}
