<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/** Which data a sync brings (ADSYNC_DATA_*). */
enum Data: int
{
    /** Campaigns, ad sets, ads, creatives, audiences, forms, leads. */
    case Campaigns = 1;
    /** Figures by day. */
    case Metrics = 2;
    /** Both. */
    case All = 3;
}
