package cron

import "testing"

func TestInWords(t *testing.T) {
	for want, spec := range map[string]Spec{
		"every day at 02:05 UTC": {Schedule: "5 2 * * *"},
		"at 5 2 * * 1 UTC":       {Schedule: "5 2 * * 1"},
		"at */5 2 * * * UTC":     {Schedule: "*/5 2 * * *"},
		"every day at 00:00 UTC": {EveryMinutes: 1440},
		"every hour":             {EveryMinutes: 60},
		"every 6 hours":          {EveryMinutes: 360},
		"every minute":           {EveryMinutes: 1},
		"every 90 minutes":       {EveryMinutes: 90},
	} {
		if got := spec.inWords(); got != want {
			t.Errorf("%s: got %q, want %q", spec.When(), got, want)
		}
	}
}
