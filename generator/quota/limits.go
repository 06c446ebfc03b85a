package quota

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits are an account's own quotas. Nil knows none.
type Limits struct {
	list []listed
}

// listed is one quota as `aws service-quotas list-service-quotas` prints it.
type listed struct {
	ServiceCode string
	QuotaArn    string
	QuotaCode   string
	QuotaName   string
	Value       *float64
	GlobalQuota bool
}

// ReadLimits reads what `aws service-quotas list-service-quotas` or `list-aws-default-service-quotas` prints, for one
// service or several, one after the other.
func ReadLimits(from io.Reader) (*Limits, error) {
	limits, decoder := &Limits{}, json.NewDecoder(from)
	for {
		var page struct{ Quotas []listed }
		err := decoder.Decode(&page)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("at byte %d: %w", decoder.InputOffset(), err)
		}
		for _, q := range page.Quotas {
			if q.ServiceCode != "" && (q.QuotaCode != "" || q.QuotaName != "") && q.Value != nil {
				limits.list = append(limits.list, q)
			}
		}
	}
	if len(limits.list) == 0 {
		return nil, errors.New("it holds no quotas: there is no list \"Quotas\" with ServiceCode, QuotaCode and Value")
	}
	return limits, nil
}

// value is what an account has of a quota in a region. An entry with an ARN holds of the region and the account in it; the
// last one that holds wins.
func (l *Limits) value(q Quota, region, account string) (value float64, known bool) {
	if l == nil {
		return 0, false
	}
	for _, entry := range l.list {
		named := q.Code != "" && entry.QuotaCode == q.Code || q.Code == "" && strings.EqualFold(entry.QuotaName, q.Name)
		if entry.ServiceCode != q.Service || !named {
			continue
		}
		// arn:aws:servicequotas:<region>:<account>:<service>/<code>
		if parts := strings.SplitN(entry.QuotaArn, ":", 6); len(parts) == 6 {
			elsewhere := parts[3] != "" && parts[3] != region && !entry.GlobalQuota && !q.Global
			if elsewhere || parts[4] != "" && account != "" && parts[4] != account {
				continue
			}
		}
		value, known = *entry.Value, true
	}
	return value, known
}
