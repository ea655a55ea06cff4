// The tracker of Dogear: page views, clicks, engaged time, scroll depth and custom events.
// How it is installed, what it sends and what it stores: docs/tracker.md.
// Kept below 2 KB (minified, gzip): what not all need is in dogear-consent.js and dogear-heatmap.js.
(() => {
  const { src, dataset: options } = document.currentScript;
  const stub = window.dogear;
  if (stub?.track) return; // a second tag, or a router that runs the scripts of each page: who is here counts

  const api = (window.dogear = (name, value) =>
    name == 'consent' ? consent(value) : track(name, { properties: { ...value } }));

  if (navigator.globalPrivacyControl || navigator.doNotTrack == 1) return (window.dogear = () => {});

  const load = (part) => import(new URL(`dogear-${part}.js`, src));

  // ---- Storage. Where it is blocked or full, writing does nothing and reading finds nothing.

  const UNSENT = 'dogear.'; // and the event_id: a key for each event, so that tabs cannot overwrite each other's
  const IDS = 'dogear_ids'; // see dogear-consent.js

  let storage = Object.freeze({});
  try {
    storage = localStorage || storage;
  } catch {}
  const write = (key, value) => {
    try {
      storage[key] = value;
    } catch {}
  };

  // UUIDv7 of now, or of some days ago: they sort by time, and those of a millisecond by a counter.
  const uuid = (age = 0) =>
    ('0' + (Date.now() - age * 864e5).toString(16)) // twelve digits until 2527
      .replace(/.{4}$/, `-$&-7${100 + fresh}-8xxx-xxxxxxxxxxxx`)
      .replace(/x/g, () => ((Math.random() * 16) | 0).toString(16));

  // Keys of unsent events of all tabs, newest first. Drops what is older than a week or beyond 200 KB, where each counts
  // 400 bytes at least: so there are never more than 500.
  const unsent = () => {
    let room = 2e5;
    return Object.keys(storage)
      .sort()
      .reverse()
      .filter(
        (key) =>
          key.startsWith(UNSENT) &&
          ((key > UNSENT + uuid(7) && (room -= Math.max(400, storage[key].length)) > 0) || !delete storage[key]),
      );
  };

  // ---- Consent

  let waiting; // for dogear-consent.js: a promise

  // api.ids gives events their ids. Those made before dogear-consent.js is there have null, which it replaces; they wait
  // for it, also in the storage. Where it cannot be loaded, they go without.
  const consent = (given) => {
    api.ids = () => given && { visitor_id: null };
    if (given)
      return (waiting = load('consent')
        .then((part) => part.default(storage, write, uuid, options))
        .catch(() => {})
        .then(() => (waiting = 0)));
    delete storage[IDS];
  };

  // ---- Events

  const pending = {}; // events of this page that are neither answered nor stored, by the key under which they would be
  let fresh = 0; // events since the last flush
  let sure; // whether the server's last answer was good
  let busy; // whether an answer is awaited
  let page = location.href; // URL of the view that is under way
  let path = 0; // the path of it, once there is one: views differ by path
  let view = {}; // its data

  // With a slash at the end and without, it is one page to the rollups too.
  const where = () => location.pathname.replace(/\/$/, '');

  const track = (type, data) => {
    const event_id = uuid();
    Object.assign(data, { event_id, occurred_at: new Date().toISOString(), page_url: page }, api.ids(event_id, type));
    json(data); // what is no JSON fails here, in the site's call, and not in each flush
    pending[UNSENT + event_id] = { type, data };
    if (++fresh > 19) flush();
  };

  // Texts are cut to the collector's limits, without halves of characters, which it would refuse.
  const json = (thing) =>
    JSON.stringify(thing, (key, value) =>
      value?.slice ? value.slice(0, /url|ref/.test(key) ? 4e3 : 1e3).replace(/\p{Cs}/gu, '') : value,
    );

  // Forgets what was accepted (202) or refused for good (4xx but 429, and 408: a slow line); else stores all.
  const settle = (keys, status) => {
    sure = status == 202;
    if (sure || /^4(?!29|08)/.test(status))
      keys.map((key) => delete pending[key] && delete storage[key]);
    else
      for (const key in pending) {
        write(key, json(pending[key]));
        if (storage[key]) delete pending[key];
      }
  };

  // Sends up to 20 events. `leaving`: the page may be gone before an answer comes, so all of its events go at once. They
  // count as accepted only if the last answer was good. Else they are stored too, and sent again by the next page: the
  // collector knows an event by its id.
  const flush = async (leaving) => {
    fresh = 0;
    beat();
    if (!leaving) await waiting;
    else if (waiting) settle([]);
    if (busy && !leaving) return;
    const own = Object.keys(pending);
    const keys = leaving ? own : [...unsent(), ...own].slice(0, 20);
    if (!keys[0]) return;

    const url = new URL('/api/analytics/ingest?site=' + (options.site || location.hostname), options.api || src);
    const body = `{"sent_at":"${new Date().toISOString()}","events":[${keys.map((key) => storage[key] || json(pending[key]))}]}`;
    if (leaving) return settle(keys, navigator.sendBeacon?.(url, body) && sure && 202);
    busy = 1;
    settle(keys, (await fetch(url, { method: 'POST', body }).catch(() => 0)).status);
    busy = 0;
    if (sure && keys[19]) flush();
  };

  // ---- Engaged time and scroll depth

  let engaged; // seconds since the last heartbeat
  let until; // 30 s after the last activity
  let depth; // percent of the page seen so far
  let sentDepth; // as the last heartbeat had it

  // Called for each activity, and each second without an event: routers move the page in ways of their own.
  const watch = (activity) => {
    if (path != where()) {
      beat();
      count(page);
    }
    if (activity) until = Date.now() + 3e4;
    if (!document.hasFocus() || document.hidden) return;
    depth = Math.max(
      depth,
      Math.min(100, Math.round(((scrollY + innerHeight) / document.documentElement.scrollHeight) * 100)),
    );
    if (!activity) engaged += Date.now() < until;
  };

  const beat = () => {
    view.page_title = document.title; // now, since single page apps set it after they navigate
    if (engaged || depth > sentDepth) {
      track('heartbeat', { engaged_seconds: engaged, scroll_depth_percentage: (sentDepth = depth) });
      engaged = 0;
    }
  };

  // ---- Page views

  const count = (referrer) => {
    page = location.href;
    path = where();
    watch(1); // a visitor who navigates is active
    engaged = depth = sentDepth = 0;
    view = {
      referrer,
      page_type: document.querySelector('[name="dogear:page-type"]')?.content || options.pageType,
      viewport_width: innerWidth,
      screen_width: screen?.width, // a page may have a variable of that name
      screen_height: screen?.height,
      viewport_height: innerHeight,
      language_code: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    track('page_view', view);
  };

  // ---- Clicks

  const places = { nav: 'navbar', header: 'navbar', footer: 'footer', aside: 'sidebar', main: 'content', article: 'content' };

  const click = (event) => {
    const element = event.target.closest?.('a,button,[type=submit],[data-dogear]');
    if (!element) return;
    const link = element.closest('a[href]');
    const host = link?.host; // none where the scheme is mailto: or tel:, whose rest names people
    const target_url = host ? link.href : link?.protocol;
    const is_external = host > '' && host != location.host;
    const text = element.innerText?.slice(0, 200); // an input has none
    track('click', {
      click_target: element.dataset.dogear || target_url || element.id || text,
      click_category: is_external
        ? 'outbound'
        : /\.(pdf|zip|gz|dmg|exe|[dxp]..x|csv|mp[34]|epub)$/i.test(link?.pathname)
          ? 'download'
          : link
            ? 'link'
            : 'button',
      click_context: places[element.closest(Object.keys(places))?.localName],
      element_type: element.localName,
      element_id: element.id || undefined,
      element_text: text || undefined,
      target_url,
      is_external,
      pointer_x: Math.max(0, event.pageX | 0),
      pointer_y: Math.max(0, event.pageY | 0),
    });
  };

  // ---- Start

  const listeners = {
    click,
    pagehide: flush,
    visibilitychange: flush,
    pageshow: (event) => event.persisted && count(document.referrer),
    popstate: watch,
    scroll: watch,
    pointermove: watch,
    pointerdown: watch,
    keydown: watch,
  };

  const start = () => {
    count(document.referrer);
    const first = view;
    listeners.load = (event) => (first.load_time_ms = event.timeStamp | 0);
    for (const type in listeners) addEventListener(type, listeners[type], true);
    const pushState = history.pushState;
    history.pushState = (...values) => {
      pushState.call(history, ...values);
      watch(1);
    };
    setInterval(watch, 1e3);
    setInterval(flush, 1e4);
    if (unsent()[0]) flush();
    'heatmap' in options && load('heatmap');
  };

  api.track = track;
  api.pending = pending;
  consent(!/undef|false/.test(options.consent) || storage[IDS] > uuid(395)); // 13 months
  // A page that the browser renders ahead, or in a tab behind, may never be seen.
  if (document.hidden) addEventListener('visibilitychange', start, { once: true });
  else queueMicrotask(start); // after the stub's calls, one of which may give consent
  stub?.q?.map((call) => api(...call));
})();
