package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"

	dotnet "github.com/pulumi/pulumi-dotnet/pulumi-language-dotnet/v3/codegen"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const logoSide = 64

// logo: the package icon, three bars of rising height.
func logo() ([]byte, error) {
	picture := image.NewRGBA(image.Rect(0, 0, logoSide, logoSide))
	for bar := range 3 {
		for x := 8 + bar*18; x < 20+bar*18; x++ {
			for y := 40 - bar*14; y < 56; y++ {
				picture.Set(x, y, color.RGBA{R: 0x51, G: 0x2b, B: 0xd4, A: 0xff})
			}
		}
	}
	var text bytes.Buffer
	err := png.Encode(&text, picture)
	return text.Bytes(), err
}

// generateDotnet: the generator fetches the icon from a URL, from the internet when the schema names none. It gets ours
// from this process, so that nothing is asked for outside the machine.
func generateDotnet(pkg *schema.Package) (files, error) {
	picture, err := logo()
	if err != nil {
		return nil, err
	}
	server := httptest.NewServer(http.HandlerFunc(func(reply http.ResponseWriter, _ *http.Request) {
		_, _ = reply.Write(picture)
	}))
	defer server.Close()
	pkg.LogoURL = server.URL
	return dotnet.GeneratePackage(tool, pkg, nil, nil)
}
