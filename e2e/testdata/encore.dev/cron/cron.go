package cron

type Duration int64

const (
	Minute Duration = 60
	Hour            = 60 * Minute
)

type JobConfig struct {
	Title    string
	Endpoint any
	Every    Duration
	Schedule string
}

type Job struct{ _ int }

func NewJob(id string, cfg JobConfig) *Job { panic("shape only") }
