package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const tinyExample = `name: chat
description: The smallest
runtime: yaml
resources:
  chat:
    type: inference:maas:Endpoint
    properties: {modelName: DeepSeek-V3}
`

// renderOne: the Markdown of one example program.
func renderOne(t *testing.T, program string) (string, error) {
	t.Helper()
	spec, err := readSpec("../schema.json")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "maas"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "maas", "Endpoint.yaml"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	rendered, err := renderExamples(spec, folder)
	return string(rendered["maas/Endpoint.md"]), err
}

func TestExamplesAreInEveryLanguage(t *testing.T) {
	text, err := renderOne(t, tinyExample+"---\n"+strings.ReplaceAll(tinyExample, "smallest", "second"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"### The smallest\n",
		"### The second\n",
		"```yaml\nresources:\n  chat:\n",
		"const chat = new inference.maas.Endpoint(\"chat\", {modelName: \"DeepSeek-V3\"});\n",
		"chat = inference.maas.Endpoint(\"chat\", model_name=\"DeepSeek-V3\")\n",
		"maas.NewEndpoint(ctx, \"chat\", &maas.EndpointArgs{\n",
		"new Inference.Maas.Endpoint(\"chat\", new()\n",
		"import com.pulumiinference.inference.maas.EndpointArgs;\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q in:\n%s", line, text)
		}
	}
	if strings.Count(text, "```csharp\n") != 2 || strings.Contains(text, "import com.pulumi.inference.") {
		t.Errorf("languages:\n%s", text)
	}
}

func TestExamplesThatAreNotUnderstoodAreRefused(t *testing.T) {
	for what, change := range map[string][2]string{
		"a resource that does not exist": {"inference:maas:Endpoint", "inference:maas:Cluster"},
		"another package":                {"inference:maas:Endpoint", "aws:s3:Bucket"},
		"no title":                       {"description: The smallest\n", ""},
	} {
		if text, err := renderOne(t, strings.Replace(tinyExample, change[0], change[1], 1)); err == nil {
			t.Errorf("%s gave:\n%s", what, text)
		}
	}
}
