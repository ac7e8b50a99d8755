<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/** Which data a sync brings (ADSYNC_DATA_*). */
enum Data: int
{
    /** The account, campaigns, ad sets, ads, creatives, audiences, keywords, lead forms. */
    case Campaigns = 1;
    /** Figures by day. */
    case Metrics = 2;
    /** Each class that the platform has. */
    case All = 3;
    /** Posts. */
    case Posts = 4;
    /** What people told in lead forms. */
    case Leads = 5;
}
