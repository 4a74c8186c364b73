// Headers and bodies of requests.
import { echo } from './echo.mjs';

const post = (name, init, more) => ({ name: `body: ${name}`, call: ['POST', '/api/x', init], answer: echo, ...more });
const headers = (name, init, more) => ({
  name: `headers: ${name}`,
  call: ['GET', '/api/x', init],
  answer: echo,
  ...more,
});

function form(...entries) {
  const data = new FormData();
  for (const [name, value, file] of entries) {
    data.append(name, value, ...(file ? [file] : []));
  }
  return data;
}

const FORM = 'application/x-www-form-urlencoded';

export default [
  post('an object', { body: { a: 'ü', b: [1, null], c: undefined } }),
  post('a list', { body: [1, 2] }),
  post('a string', { body: 'text' }),
  post('a number', { body: 7 }),
  post('false', { body: false }),
  post('zero', { body: 0 }),
  post('empty text', { body: '' }),
  post('null', { body: null }),
  post('undefined', { body: undefined }),
  post('none', {}),
  post('an empty object', { body: {} }),
  post('a date inside', { body: { at: new Date(0) } }),
  post('FormData', () => ({ body: form(['a', '1'], ['a', '2'], ['b', 'ü']) })),
  post('FormData with a file', () => ({ body: form(['file', new Blob(['content'], { type: 'image/png' }), 'a.png']) })),
  post('FormData with a content type of its own', () => ({
    body: form(['a', '1']),
    headers: { 'Content-Type': 'multipart/form-data; boundary=own-boundary-1' },
  })),
  post('a form', { body: { a: '1 2', b: 'ü&=' }, headers: { 'Content-Type': FORM } }),
  post('a form by a lower-case header', { body: { a: '1' }, headers: { 'content-type': FORM } }),
  post('a form by a header of params', { body: { a: '1' }, params: { header: { 'Content-Type': FORM } } }),
  post('a form by a header of the client', { body: { a: '1' } }),
  post('a content type of its own', { body: { a: 1 }, headers: { 'Content-Type': 'application/merge-patch+json' } }),
  post('a content type taken away', { body: { a: 1 }, headers: { 'Content-Type': null } }),
  post('a content type without a body', { headers: { 'Content-Type': 'application/json' } }),
  post('a bodySerializer', {
    body: { a: 1 },
    bodySerializer: ({ a }) => `<a>${a}</a>`,
    headers: { 'Content-Type': 'text/xml' },
  }),
  post('a bodySerializer that gives nothing', { body: { a: 1 }, bodySerializer: () => undefined }),
  post('a bodySerializer that gives bytes', {
    body: { a: 1 },
    bodySerializer: () => new TextEncoder().encode('bytes'),
  }),
  post('a bodySerializer that gives a Blob', {
    body: 1,
    bodySerializer: () => new Blob(['blob'], { type: 'text/css' }),
  }),
  post('a bodySerializer that gives URLSearchParams', {
    body: { a: 'b c' },
    bodySerializer: (body) => new URLSearchParams(body),
  }),
  post('a bodySerializer that gives FormData', { body: { a: '1' }, bodySerializer: ({ a }) => form(['a', a]) }),
  post('a bodySerializer that sees headers', {
    body: { a: 1 },
    headers: { 'x-kind': 'k' },
    bodySerializer: (body, given) => `${given.get('x-kind')} ${JSON.stringify(body)}`,
  }),
  post('a bodySerializer that throws', {
    body: 1,
    bodySerializer: () => {
      throw new RangeError('no body');
    },
  }),
  post('a body that JSON cannot say', { body: 10n }),
  post('a stream', () => ({ body: 1, duplex: 'half', bodySerializer: () => new Blob(['a stream']).stream() }), {
    mends: ['whole-bodies'],
    official: { wire: [{ headers: { 'transfer-encoding': 'chunked' }, body: 'a stream' }] },
    ours: { wire: [{ headers: { 'content-length': '8' }, body: 'a stream' }] },
  }),
  post('one of 900 KiB', { body: { text: 'x'.repeat(900 * 1024) } }),
  post(
    'one that the server would not take',
    { body: { text: 'x'.repeat(1024 * 1024) } },
    {
      answer: () => ({ status: 404, text: 'Not Found' }),
      mends: ['size-limits'],
      official: { results: [{ error: 'Not Found' }] },
      ours: { results: [{ threw: { name: 'ConfigError', message: /1048576/ } }], wire: [] },
    },
  ),

  headers('of the call', { headers: { 'X-A': '1' } }),
  headers('of params', { params: { header: { 'X-A': '1' } } }),
  headers('params win over the call', { headers: { 'x-a': 'call' }, params: { header: { 'X-A': 'params' } } }),
  headers('null takes away', { headers: { 'x-a': '1' }, params: { header: { 'x-a': null } } }),
  headers('undefined is skipped', { headers: { 'x-a': '1' }, params: { header: { 'x-a': undefined } } }),
  headers('a list appends', { headers: { 'x-a': ['1', '2'] } }),
  headers('numbers and booleans', { headers: { 'x-a': 1, 'x-b': false } }),
  headers('empty text', { headers: { 'x-a': '' } }),
  headers('a Headers object', { headers: new Headers({ 'x-a': '1', 'x-b': '2' }) }),
  headers('Latin-1', { headers: { 'x-a': 'ü' } }),
  headers('spaces around', { headers: { 'x-a': '  1  ' } }),
  headers('beyond Latin-1 throws', { headers: { 'x-a': '語' } }),
  headers('a line break throws', { headers: { 'x-a': 'a\nb' } }),
  headers('an invalid name throws', { headers: { 'x a': '1' } }),
  headers('Accept and User-Agent of its own', { headers: { 'Accept': 'text/xml', 'User-Agent': 'mine/1' } }),
  headers('a Cookie', { headers: { cookie: 'a=1' } }),
  headers('Accept-Language of its own', { headers: { 'accept-language': 'de' } }),
  headers('If-None-Match', { headers: { 'if-none-match': '"e"' } }, { ignoreWireHeaders: ['cache-control', 'pragma'] }),
  headers(
    'by themselves',
    {},
    {
      run: async ({ apiClient, recorder }) => {
        await apiClient.GET('/api/x');
        return [
          { value: recorder.wire.at(-1).headers['sec-fetch-mode'] ?? recorder.wire.at(-1).headers['user-agent'] },
        ];
      },
      mends: ['transport-headers'],
      official: { results: [{ value: 'cors' }] },
      ours: { results: [{ value: (value) => value === 'cors' || /^logto-management\//.test(value) }] },
      mayAgree: true,
    },
  ),
  headers("the caller's Authorization is overwritten", { headers: { Authorization: 'Basic own' } }),
  headers("the caller's Authorization is overwritten, in params", {
    params: { header: { authorization: 'Basic own' } },
  }),
  headers(
    "the caller's Authorization stays for .well-known",
    { headers: { Authorization: 'Basic own' } },
    {
      call: ['GET', '/api/.well-known/sign-in-exp', { headers: { Authorization: 'Basic own' } }],
    },
  ),
];
