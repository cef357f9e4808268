// The script of every page. Each module listens on the document, so it also serves what htmx brings in later.

import "htmx.org";

import { startBadges } from "./badges.ts";
import { startConflicts } from "./conflicts.ts";
import { startDashboard } from "./dashboard.ts";
import { startEntryDefaults } from "./entry_defaults.ts";
import { startFilters } from "./filters.ts";
import { startFocus } from "./focus.ts";
import { startKeys } from "./keys.ts";
import { startMenu } from "./menu.ts";
import { startMonth } from "./month.ts";
import { startAgent } from "./offline/agent.ts";
import { startOffline } from "./offline/page.ts";
import { startPagerKeys } from "./pager_keys.ts";
import { startRegionCode } from "./region_code.ts";
import { startSaving } from "./saving.ts";
import { startTemplates } from "./shift_templates.ts";
import { startSwapRows } from "./swap_rows.ts";
import { startTimes } from "./times.ts";
import { startToasts } from "./toasts.ts";
import { startToday } from "./today.ts";

startSwapRows();
startSaving();
startAgent();
startBadges();
startConflicts();
startDashboard();
startEntryDefaults();
startFilters();
startFocus();
startKeys();
startMenu();
startMonth();
startOffline();
startPagerKeys();
startRegionCode();
startTemplates();
startTimes();
startToasts();
startToday();
