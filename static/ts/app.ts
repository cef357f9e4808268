// The script of every page. Each module listens on the document, so it also serves what htmx inserts later.

import "htmx.org";

import { startBadges } from "./badges.ts";
import { startConflicts } from "./conflicts.ts";
import { startDashboard } from "./dashboard.ts";
import { startDay } from "./day.ts";
import { startDrafts } from "./drafts.ts";
import { startEntryDefaults } from "./entry_defaults.ts";
import { startFilters } from "./filters.ts";
import { startFocus } from "./focus.ts";
import { startFocusKeeper } from "./focus_keeper.ts";
import { startKeys } from "./keys.ts";
import { startMenu } from "./menu.ts";
import { startMonth } from "./month.ts";
import { startAgent } from "./offline/agent.ts";
import { startLeaving } from "./offline/leaving.ts";
import { startOffline } from "./offline/page.ts";
import { startPagerKeys } from "./pager_keys.ts";
import { startRegionCode } from "./region_code.ts";
import { startSaving } from "./saving.ts";
import { startTemplates } from "./shift_templates.ts";
import { startSwapRows } from "./swap_rows.ts";
import { startTimes } from "./times.ts";
import { startToasts } from "./toasts.ts";
import { startToday } from "./today.ts";

startDay(); // first: what it holds back, no other module may send
startSwapRows();
startSaving();
startAgent();
startBadges();
startConflicts();
startDashboard();
startDrafts();
startEntryDefaults();
startFilters();
startFocus();
startFocusKeeper();
startKeys();
startLeaving();
startMenu();
startMonth();
startOffline();
startPagerKeys();
startRegionCode();
startTemplates();
startTimes();
startToasts();
startToday();
