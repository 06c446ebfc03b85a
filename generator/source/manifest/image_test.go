package manifest

import (
	"strings"
	"testing"
)

// TestE3_ImagesThatNoRegistryHas: ECS takes such a name, and the apply waits for tasks that never start.
func TestE3_ImagesThatNoRegistryHas(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0", 64)
	for _, image := range []string{
		"nginx:1.27", "library/nginx:1", "team/shop-api:1", "a__b:1", "a---b:1", "a.b_c:1", "public.ecr.aws/docker/library/busybox:1.37.0", "registry.example.com:5000/a/b:V1",
		"localhost:5000/a:1", "localhost/a:1", "a/b:1.2" + digest, "a/b" + digest, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b-c:1", "a:" + strings.Repeat("T", 128),
	} {
		if _, detail := repositoryProblem(image); detail != "" || !imageName().MatchString(image) {
			t.Errorf("%s is refused: %s", image, detail)
		}
	}
	for image, want := range map[string]string{
		"Team/Shop:1": "upper-case", "ghcr.io/Acme/shop:1": "upper-case", "a..b:1": "no part", "a/-b:1": "no part", "a//b:1": "no part", "a___b:1": "no part", "a/b_:1": "no part",
		"registry-.example.com-/a:1": "no host", "a.example:1:2/b:1": "no host",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a__b:1": "two underscores", "a/" + strings.Repeat("b", 254) + ":1": "room for 255",
	} {
		hint, detail := repositoryProblem(image)
		if !strings.Contains(detail, want) || hint == "" {
			t.Errorf("%s: %q, hint %q, want %q", image, detail, hint, want)
		}
	}
	if hint, _ := repositoryProblem("ghcr.io/Acme/Shop:V1"); hint != `write "ghcr.io/acme/shop:V1", if that is its name` {
		t.Error(hint)
	}
}
