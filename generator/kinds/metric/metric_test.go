package metric

import (
	"testing"

	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

func TestReadMetric(t *testing.T) {
	spec, diags := read(source.Decl{Name: "e_load", Constructor: "NewGaugeGroup", Config: sourcetest.Object()}, kind.Input{})
	if spec.(*Spec).Type != "gauge" || sourcetest.Summaries(diags) != "Reserved metric name" {
		t.Errorf("got %+v, %q", spec, sourcetest.Summaries(diags))
	}
}
