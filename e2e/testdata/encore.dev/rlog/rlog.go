package rlog

type Ctx struct{ _ int }

func Debug(msg string, keysAndValues ...any) {}
func Info(msg string, keysAndValues ...any)  {}
func Warn(msg string, keysAndValues ...any)  {}
func Error(msg string, keysAndValues ...any) {}
func With(keysAndValues ...any) Ctx          { panic("shape only") }

func (Ctx) Debug(msg string, keysAndValues ...any) {}
func (Ctx) Info(msg string, keysAndValues ...any)  {}
func (Ctx) Warn(msg string, keysAndValues ...any)  {}
func (Ctx) Error(msg string, keysAndValues ...any) {}
func (Ctx) With(keysAndValues ...any) Ctx          { panic("shape only") }
