// Package quota sums what an environment needs of what AWS limits.
package quota
