/* SPDX-License-Identifier: MIT */
/* A connector for OpenID providers, through the public interface only: PKCE, single-use rotating refresh tokens, who it is in a second
 * step. It speaks to https://op.example.test. */
#ifndef ADSYNC_TEST_OIDC_CONNECTOR_H
#define ADSYNC_TEST_OIDC_CONNECTOR_H

#include <adsync/connector.h>
#include <adsync/storage.h>

extern const adsync_connector_ops oidc_connector;

#endif
