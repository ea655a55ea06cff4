// The visitor's and the session's ids. Loaded with consent alone: on the page that gives it, and on those thereafter.
const IDS = 'dogear_ids'; // ids of the visitor, of the last event, of the session: UUIDv7s, which tell their times

let browser; // what dogear.js hands over: its storage, frozen and empty where that is blocked; write, uuid, options
let print; // with data-fingerprint, the visitor's id where storage is blocked

// The ids of an event, which is the visitor's last one now. A tab that is looked at again begins no session: after half an
// hour, attention belongs to the session before, and is not the last event of any.
const ids = (event_id, type) => {
  const { storage, uuid, write } = browser;
  const [visitor_id = print, last, session] = storage[IDS]?.match(/.{36}/g) || [];
  if (!last) return { visitor_id };
  const recent = uuid(1 / 48); // half an hour ago
  if (event_id < recent) return { visitor_id, session_id: event_id }; // left over from an earlier visit
  if (last < recent && /^hea(rtbeat|tmap)$/.test(type)) return { visitor_id, session_id: session };
  const session_id = last > recent ? session : event_id; // a session is called after its first event
  write(IDS, visitor_id + event_id + session_id);
  return { visitor_id, session_id };
};

// A hash of a few stable traits and the site, so that no two sites share it. The traits do not leave the page.
const fingerprint = async (site) => {
  const traits = [
    site,
    navigator.platform,
    navigator.languages,
    navigator.hardwareConcurrency,
    [screen.width, screen.height].sort(),
    screen.colorDepth,
    Intl.DateTimeFormat().resolvedOptions().timeZone,
  ];
  // Browsers know crypto.subtle only over https.
  const hash = await crypto.subtle?.digest('SHA-256', new TextEncoder().encode(JSON.stringify(traits)));
  return hash && Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
};

// Gives ids to the events that waited for them: of this page, and of a page that was left meanwhile.
const complete = ({ storage, write }) => {
  for (const key of Object.keys(storage).sort()) {
    if (!key.startsWith('dogear.') || !storage[key].includes('"visitor_id":null')) continue;
    const event = JSON.parse(storage[key]);
    if (event.data.visitor_id === null) Object.assign(event.data, ids(event.data.event_id, event.type));
    write(key, JSON.stringify(event));
  }
  for (const { type, data } of Object.values(dogear.pending))
    if (data.visitor_id === null) Object.assign(data, ids(data.event_id, type));
};

const withdrawn = () => dogear.ids !== ids && !dogear.ids();

export default async (storage, write, uuid, options) => {
  if (withdrawn()) return;
  browser = { storage, write, uuid };
  if (!(storage[IDS] > uuid(395))) write(IDS, uuid() + uuid() + uuid()); // 13 months
  if (!storage[IDS] && 'fingerprint' in options) print ||= await fingerprint(options.site || location.hostname);
  if (withdrawn()) return;
  dogear.ids = ids;
  complete(browser);
};
