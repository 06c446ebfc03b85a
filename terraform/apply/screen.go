package apply

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Screen is what people look at. On a terminal its last lines are drawn anew as things go on, and what is written meanwhile
// comes above them; elsewhere there are lines alone.
type Screen struct {
	// Out is where it writes; Live says that it is a terminal, which has Width columns.
	Out   io.Writer
	Live  bool
	Width int

	lock  sync.Mutex
	drawn []string
}

// mostRows is how many components are drawn at a time.
const mostRows = 10

// How often the lines of a terminal are drawn, and how often others hear what still runs.
const (
	drawEvery = time.Second
	tellEvery = 30 * time.Second
)

// Write writes above what is drawn.
func (s *Screen) Write(text []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	lines := s.drawn
	s.wipe()
	n, err := s.Out.Write(text)
	s.put(lines)
	return n, err
}

// wipe takes away what is drawn.
func (s *Screen) wipe() {
	if len(s.drawn) > 0 {
		fmt.Fprintf(s.Out, "\x1b[%dA\x1b[J", len(s.drawn))
	}
	s.drawn = nil
}

func (s *Screen) put(lines []string) {
	for _, line := range lines {
		fmt.Fprintln(s.Out, cut(line, s.Width-1))
	}
	s.drawn = lines
}

// draw replaces what is drawn.
func (s *Screen) draw(lines []string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.wipe()
	s.put(lines)
}

// cut is the beginning of a line, as far as it fits.
func cut(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:max(width-1, 0)]) + "…"
}

// Follow shows how a tally goes on, until what it returns is called. What would end the program meanwhile does so then, when whoever
// called can clean up.
func (s *Screen) Follow(t *Tally) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	var broken any
	go func() {
		defer close(ended)
		defer func() { broken = recover() }()
		news, still := time.NewTicker(drawEvery/4), time.NewTicker(tellEvery)
		defer news.Stop()
		defer still.Stop()
		for {
			select {
			case <-news.C:
				s.tell(t)
			case <-still.C:
				if !s.Live {
					fmt.Fprintf(s, "groundplan:   %s\n", t)
				}
			case <-end:
				s.tell(t)
				s.draw(nil)
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		if broken != nil {
			panic(broken)
		}
	}
}

// tell writes what is new, and draws what runs.
func (s *Screen) tell(t *Tally) {
	for _, line := range t.take() {
		if s.Live && !strings.Contains(line, " in ") {
			continue // what begins is drawn
		}
		fmt.Fprintf(s, "groundplan:   %s\n", line)
	}
	if s.Live {
		s.draw(s.live(t))
	}
}

// live are the lines that are drawn: what runs, how long, and what waits.
func (s *Screen) live(t *Tally) []string {
	rows, waiting := t.rows()
	titles := 0
	for _, row := range rows[:min(len(rows), mostRows)] {
		titles = max(titles, min(utf8.RuneCountInString(row.title), s.Width/2))
	}
	var lines []string
	for i, row := range rows {
		if i == mostRows {
			lines = append(lines, fmt.Sprintf("  and %d more", len(rows)-i))
			break
		}
		title := cut(row.title, titles)
		line := fmt.Sprintf("  %s%s  %-10s  %7s", title, strings.Repeat(" ", titles-utf8.RuneCountInString(title)), row.doing, spent(row.since))
		if row.total > 1 {
			line += fmt.Sprintf("  %d of %d", row.done, row.total)
		}
		lines = append(lines, line)
	}
	if waiting > 0 {
		lines = append(lines, fmt.Sprintf("  %d more to come", waiting))
	}
	return lines
}
