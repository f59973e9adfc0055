import { BLIND, failsScrapes, scrapedAddress } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

/** UseHttpsRedirection answers plain HTTP with 307 wherever an HTTPS port is configured; Prometheus follows and fails there. */
export const metricsRedirect = defineCause({
  id: 'metrics.redirect',
  title: 'The service redirects scrapes to HTTPS',
  ...failsScrapes('redirect'),
  summary: (context) =>
    `${scrapedAddress(context)} is scraped by http and sends Prometheus on to an https address, where the scrape fails. ${BLIND}`,
  advice: () => [
    'Scrape the HTTPS port instead: scheme: https and a tlsConfig with the CA of its certificate, in spec.endpoints[] of the ServiceMonitor.',
    'Or exempt the page: call app.UseHttpsRedirection() for other paths only (app.UseWhen), or unset ASPNETCORE_HTTPS_PORT(S) where the ingress ends TLS.',
  ],
});
