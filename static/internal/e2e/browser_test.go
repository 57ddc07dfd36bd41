package e2e

// One Chromium for all tests. Each test has a browser context of its own in it:
// cookies, storage and permissions are shared with no other test.

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// scratch is a folder for the server, its keys and the browser's profile.
var scratch string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp("", "framecraft-e2e-*"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(scratch)
	defer func() { // browser and server have ended before their folder goes
		for _, end := range atTheEnd {
			end()
		}
	}()
	return m.Run()
}

// atTheEnd ends what all tests share. Only the functions behind sync.OnceValues
// write to it, and they take the lock.
var (
	atTheEnd   []func()
	atTheEndMu sync.Mutex
)

func whenAllIsDone(end func()) {
	atTheEndMu.Lock()
	defer atTheEndMu.Unlock()
	atTheEnd = append(atTheEnd, end)
}

// chromium returns the context that tabs are made from.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := findChromium()
	if err != nil {
		return nil, err
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), chromiumOptions(path)...)
	ctx, _ := chromedp.NewContext(allocator)
	whenAllIsDone(func() {
		_ = chromedp.Cancel(ctx) // closes it in good order; an error leaves nothing to do
		cancel()
	})
	// The first run starts the browser and binds it to ctx.
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return ctx, nil
})

func findChromium() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium on PATH, expected one of %q", names)
}

// chromiumOptions leave out whatever would make requests of its own. Tabs that
// are not in front go on at full speed, because tests run side by side.
func chromiumOptions(path string) []chromedp.ExecAllocatorOption {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(scratch, "profile")),
		chromedp.WindowSize(1440, 900),
	}
	for _, flag := range []string{
		"headless", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-background-timer-throttling",
		"disable-backgrounding-occluded-windows", "disable-renderer-backgrounding", "disable-dev-shm-usage",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // root cannot have one
	}
	return options
}
