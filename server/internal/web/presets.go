package web

import (
	"net/http"

	"framecraft/server/internal/presets"
)

// listPresets answers with the conversations to begin with, in JSON: a list of
// objects as package presets describes them.
func (s *Site) listPresets(w http.ResponseWriter, _ *http.Request) {
	list, err := presets.JSON()
	if err != nil {
		s.log.Error("presets cannot be listed", "error", err)
		refuse(w, http.StatusInternalServerError, "the presets cannot be listed")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(list) // an error means that the client has gone; there is nobody to tell
}
