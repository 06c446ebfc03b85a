package names

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
		got := Of(test.budget, test.parts...)
		if got != test.want {
			t.Errorf("Of(%d, %q) = %q, want %q", test.budget, test.parts, got, test.want)
		}
	}
}

// checkName holds one name to what every AWS service accepts.
func checkName(t *testing.T, budget Budget, parts []string) string {
	t.Helper()
	name := Of(budget, parts...)
	if len(name) > int(budget) || !IsKebab(name) || reserved().MatchString(name) {
		t.Fatalf("Of(%d, %q) = %q, which AWS would refuse", budget, parts, name)
	}
	if again := Of(budget, parts...); again != name {
		t.Fatalf("Of(%d, %q) is %q and %q", budget, parts, name, again)
	}
	if again := Of(budget, name); again != name {
		t.Fatalf("Of(%d, %q) = %q: a name already made must stay", budget, name, again)
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
			made := Of(budget, parts...)
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
	if Of(Unit, one...) == Of(Unit, other...) {
		t.Error("two lists of parts have one name")
	}
}

// TestE2_PrefixBeginsNames: where there is room, a name begins with the prefix of its application and environment, whatever
// had to be changed about them.
func TestE2_PrefixBeginsNames(t *testing.T) {
	for _, parts := range [][2]string{{"shop", "production"}, {"my-shop", "eu"}, {"My Shop", "prod"}, {"internal", "qa"}, {"aws", "dev"}, {"2048", "test"}, {"shop", "a--b"}} {
		prefix := Prefix(parts[0], parts[1])
		for _, rest := range []string{"orders", "Orders", "o", "2", "orders-2jlntuus"} {
			if name := Of(Topic, parts[0], parts[1], rest); !strings.HasPrefix(name, prefix+"-") {
				t.Errorf("%v %s is called %s, which does not begin with %s", parts, rest, name, prefix)
			}
		}
	}
	if long := strings.Repeat("a", 40); strings.HasPrefix(Of(Unit, long, "production", "orders"), Prefix(long, "production")) {
		t.Error("a name that was shortened begins as others do")
	}
}

func TestNameRefusesNonsense(t *testing.T) {
	for _, call := range []func(){func() { Of(Unit) }, func() { Of(15, "shop", "production") }} {
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

// TestE3_LongestNamesFitEveryBudget: the longest names of applications, environments and processes (environment.maxAppName and the others) leave no name in AWS unreadable.
func TestE3_LongestNamesFitEveryBudget(t *testing.T) {
	parts := []string{strings.Repeat("a", 40), strings.Repeat("e", 24), strings.Repeat("p", 40)}
	for _, budget := range []Budget{LoadBalancer, TargetGroup, ReplicationGroup, Unit, Server, Bucket, Bucket - 13, DiscoveryName, Role, DatabaseRole, Queue, SecurityGroup, KeyAlias, Topic, Cluster, Repository, LogGroup, Secret} {
		name := Of(budget, parts...)
		if len(name) > int(budget) || !IsKebab(name) {
			t.Errorf("%d characters: %s (%d)", budget, name, len(name))
		}
		if budget < 106 && len(name) < int(budget)-2 {
			t.Errorf("%d characters: %s wastes %d", budget, name, int(budget)-len(name))
		}
		fits := parts[0][:2] + "-" + "production" + "-" + strings.Repeat("x", int(budget)-len("aa-production-"))
		if got := Of(budget, "aa", "production", fits[len("aa-production-"):]); int(budget) > 14 && got != fits {
			t.Errorf("%d characters: %s fits exactly, and becomes %s", budget, fits, got)
		}
		if got := Of(budget, "aa", "production", fits[len("aa-production-"):]+"x"); len(got) > int(budget) {
			t.Errorf("%d characters: one too many becomes %s", budget, got)
		}
	}
}

// TestE3_BudgetsLeaveRoomForWhatFollows holds each budget and what modules and AWS put behind a name against the limit
// of the API.
func TestE3_BudgetsLeaveRoomForWhatFollows(t *testing.T) {
	for _, test := range []struct {
		name   string
		budget Budget
		behind string
		limit  int
	}{
		{"load balancer", LoadBalancer, "", 32}, {"target group", TargetGroup, "", 32}, {"replication group", ReplicationGroup, "", 20},
		{"role of a unit", Unit, "-execution", 64}, {"role of a network", Unit, "-flow-logs", 64}, {"role", Role, "", 64},
		{"database server", Server, "-16", 63}, {"bucket", Bucket, "", 63}, {"DNS label", DiscoveryName, "", 63}, {"queue", Queue, ".fifo", 80},
		{"security group", SecurityGroup, strings.Repeat("0", 26), 255}, {"key alias", KeyAlias, "alias/", 256}, {"topic", Topic, ".fifo", 256},
		{"cluster", Cluster, "", 255}, {"repository", Repository, "", 256}, {"log group", LogGroup, "", 512}, {"secret", Secret, "", 512},
	} {
		if got := int(test.budget) + len(test.behind); got > test.limit {
			t.Errorf("a %s of %d characters, AWS allows %d", test.name, got, test.limit)
		}
	}
}

func TestOfApplication(t *testing.T) {
	for name, want := range map[string]string{
		"shop": "shop", "shop-x1y2": "shop-x1y2", "MyShop": "my-shop", "my_shop.v2": "my-shop-v2", "HTTPServer": "httpserver",
		"42answers": "app-42answers", "--": "app", "": "app", "Größe": "gr-e", "shop-": "shop", "a  b": "a-b",
	} {
		if got := OfApplication(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
