package environment

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// budgets are all there are, the smallest one a caller may ask for included.
var budgets = []Budget{16, LoadBalancer, TargetGroup, ReplicationGroup, Unit, Server, Bucket, Bucket - 13, DiscoveryName, Role, Queue,
	SecurityGroup, KeyAlias, Topic, Cluster, Repository, LogGroup, Secret}

func TestE3_NamesReadWell(t *testing.T) {
	for _, test := range []struct {
		budget Budget
		parts  []string
		want   string
	}{
		{Unit, []string{"shop", "production", "orders"}, "shop-production-orders"},
		{Unit, []string{"shop", "production", "order-placed"}, "shop-production-order-placed"},
		{Unit, []string{"my-web-shop", "staging", "orders"}, "my-web-shop-staging-orders"},
		{Unit, []string{"shop", "eu1", "order-placed"}, "shop-eu1-order-placed"},
		{Unit, []string{"shop", "production"}, "shop-production"},
		{Unit, []string{"dev-portal", "production", "dev-tools"}, "dev-portal-production-dev-tools"},
		{Unit, []string{"shop", "production", "payments"}, "shop-production-payments"},
		{Server, []string{"shop-production-main"}, "shop-production-main"},
		{Bucket, []string{"shop", "production", "user_uploads"}, "shop-production-user-uploads-6mh2tdi7"},
		{Topic, []string{"shop", "production", "order.placed"}, "shop-production-order-placed-44kf3wxh"},
		{LoadBalancer, []string{"groundplan-demo", "production", "order-placed"}, "groundp-product-order-p-5wve3pvh"},
		{ReplicationGroup, []string{"shop", "production", "sessions"}, "sho-pro-ses-44v2r57u"},
		{Queue, []string{"shop", "production", "order-placed", "charge-card"}, "shop-production-order-placed-charge-card-3rfr6gmy"},
		{LoadBalancer, []string{"internal", "production"}, "xinternal-production-6sz6wmv5"},
		{Unit, []string{"9lives", "___", "production"}, "x9lives-production-26pzunzt"},
		{Unit, []string{"ÄÖ", "日本"}, "x-3og4eojh"},
	} {
		got := Name(test.budget, test.parts...)
		if got != test.want {
			t.Errorf("Name(%d, %q) = %q, want %q", test.budget, test.parts, got, test.want)
		}
	}
}

// checkName holds one name to what every AWS service accepts.
func checkName(t *testing.T, budget Budget, parts []string) string {
	t.Helper()
	name := Name(budget, parts...)
	if len(name) > int(budget) || !kebab.MatchString(name) || reserved.MatchString(name) {
		t.Fatalf("Name(%d, %q) = %q, which AWS would refuse", budget, parts, name)
	}
	if again := Name(budget, parts...); again != name {
		t.Fatalf("Name(%d, %q) is %q and %q", budget, parts, name, again)
	}
	if again := Name(budget, name); again != name {
		t.Fatalf("Name(%d, %q) = %q: a name already made must stay", budget, name, again)
	}
	return name
}

// distinct fails when two lists of parts got the same name.
func distinct(t *testing.T, seen map[string][]string, budget Budget, parts []string) {
	t.Helper()
	name := checkName(t, budget, parts)
	if other, ok := seen[name]; ok && !slices.Equal(other, parts) {
		t.Fatalf("%q and %q are both %q in %d characters", other, parts, name, budget)
	}
	seen[name] = slices.Clone(parts)
}

func TestE2_NamesNeverCollide(t *testing.T) {
	t.Run("every way to cut one text into parts", func(t *testing.T) {
		for _, text := range []string{"a-b-c-d-e", "a-production-b-dev-c", "production-production-production", "my-shop-production-orders-dead-letters"} {
			words := strings.Split(text, "-")
			for _, budget := range budgets {
				seen := map[string][]string{}
				for cuts := 1; cuts < 1<<(len(words)-1); cuts++ {
					parts := []string{words[0]}
					for i, word := range words[1:] {
						if cuts&(1<<i) != 0 {
							parts = append(parts, word)
						} else {
							parts[len(parts)-1] += "-" + word
						}
					}
					distinct(t, seen, budget, parts)
				}
			}
		}
	})
	t.Run("spellings that sanitise to the same text", func(t *testing.T) {
		for _, budget := range budgets {
			seen := map[string][]string{}
			for _, thing := range []string{"user-events", "user_events", "user.events", "User-Events", "user--events", "-user-events", "user events", "userEvents", "user-events ", "user-événts"} {
				distinct(t, seen, budget, []string{"shop", "production", thing})
				distinct(t, seen, budget, []string{"shop", "production", "", thing})
				distinct(t, seen, budget, []string{"shop", "", "production", thing})
			}
		}
	})
	t.Run("a thing that is named like a hash", func(t *testing.T) {
		for _, budget := range budgets {
			seen := map[string][]string{}
			parts := []string{"shop", "production", "user_events"}
			distinct(t, seen, budget, parts)
			made := Name(budget, parts...)
			if rest, ok := strings.CutPrefix(made, "shop-production-"); ok {
				distinct(t, seen, budget, []string{"shop", "production", rest})
			}
			distinct(t, seen, budget, split(made))
		}
	})
	t.Run("long names that differ at the end", func(t *testing.T) {
		for _, budget := range budgets {
			seen := map[string][]string{}
			for i := range 40 {
				distinct(t, seen, budget, []string{"shop", "production", strings.Repeat("very-", 200) + fmt.Sprint(i)})
			}
		}
	})
	t.Run("random applications and environments in one account", func(t *testing.T) {
		random := rand.New(rand.NewSource(1))
		vocabulary := []string{"shop", "web", "my", "production", "prod", "dev", "eu", "orders", "payments", "a", "b", "x9", "staging", "internal", "aws"}
		word := func() string {
			list := make([]string, 1+random.Intn(3))
			for i := range list {
				list[i] = vocabulary[random.Intn(len(vocabulary))]
			}
			return strings.Join(list, []string{"-", "-", "_", ""}[random.Intn(4)])
		}
		for _, budget := range budgets {
			seen := map[string][]string{}
			for range 1000 {
				parts := []string{word(), word()}
				for range random.Intn(3) {
					parts = append(parts, word())
				}
				distinct(t, seen, budget, parts)
			}
		}
	})
}

// TestE2_CollisionsWouldBeSeen shows the property test firing on what names would be without a hash.
func TestE2_CollisionsWouldBeSeen(t *testing.T) {
	one, other := []string{"a", "b-c"}, []string{"a-b", "c"}
	if strings.Join(one, "-") != strings.Join(other, "-") {
		t.Fatal("the two lists must be one text")
	}
	if Name(Unit, one...) == Name(Unit, other...) {
		t.Error("two lists of parts have one name")
	}
}

// TestE2_PrefixBeginsNames: where there is room, a name begins with the prefix of its application and environment, whatever
// had to be changed about them.
func TestE2_PrefixBeginsNames(t *testing.T) {
	for _, parts := range [][2]string{{"shop", "production"}, {"my-shop", "eu"}, {"My Shop", "prod"}, {"internal", "qa"}, {"aws", "dev"}, {"2048", "test"}, {"shop", "a--b"}} {
		prefix := Prefix(parts[0], parts[1])
		for _, rest := range []string{"orders", "Orders", "o", "2", "orders-2jlntuus"} {
			if name := Name(Topic, parts[0], parts[1], rest); !strings.HasPrefix(name, prefix+"-") {
				t.Errorf("%v %s is called %s, which does not begin with %s", parts, rest, name, prefix)
			}
		}
	}
	if long := strings.Repeat("a", 40); strings.HasPrefix(Name(Unit, long, "production", "orders"), Prefix(long, "production")) {
		t.Error("a name that was shortened begins as others do")
	}
}

func TestNameRefusesNonsense(t *testing.T) {
	for _, call := range []func(){func() { Name(Unit) }, func() { Name(15, "shop", "production") }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		}()
	}
}

func FuzzName(f *testing.F) {
	f.Add("shop", "production", "orders", "a", "b-c", 32)
	f.Add("a-b", "c", "", "a", "b-c", 20)
	f.Add("internal", "9", "\xff", "İ", "K", 16)
	f.Fuzz(func(t *testing.T, a, b, c, d, e string, size int) {
		budget := Budget(16 + uint(size)%240)
		seen := map[string][]string{}
		for _, parts := range [][]string{{a, b, c}, {d, e, c}, {a + "-" + b, c}, {a, b + "-" + c}, {d, e}, {a, b, c, d, e}} {
			distinct(t, seen, budget, parts)
		}
	})
}
