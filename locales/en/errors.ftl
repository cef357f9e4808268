# Pages of failures: what happened, what to do; never why.
error-request-id = Request id:
error-home = Back to the start page
error-400-title = The request was not understood
error-400-advice = Reload the page and try again.
error-403-title = You may not do this
error-403-advice = Your account has no right to do this. If you need it, ask headquarters.
error-404-title = Page not found
error-404-advice = The address may be wrong, or the entry is gone.
error-413-title = Too much was sent
error-413-advice = A form takes 1 MB at most. Go back to the page before; what you typed is still there. Send it again with fewer lines.
error-429-title = Too many attempts
error-429-advice = Wait a little and try again.
error-500-title = Something went wrong
error-500-advice = The fault is on record. Try again; if it persists, give this id to headquarters.
error-503-title = The server cannot answer right now
error-503-advice = Try again in a few seconds.
