// Operations of the API, answered by the simulator: what a program does on an ordinary day.
const call = (name, ...calls) => ({ name: `operation: ${name}`, shared: true, calls });

/** `run` for a program that goes on with what it got. */
const program = (name, run, more) => ({ name: `program: ${name}`, shared: true, run, ...more });

const user = (suffix) => ({
  username: `dropin_${suffix}`,
  name: `Drop In ${suffix}`,
  primaryEmail: `dropin_${suffix}@example.com`,
});

export default [
  call('list users', ['GET', '/api/users', { params: { query: { page: 1, page_size: 5 } } }]),
  call('list users, the second page', ['GET', '/api/users', { params: { query: { page: 2, page_size: 20 } } }]),
  call('list users, beyond the end', ['GET', '/api/users', { params: { query: { page: 99, page_size: 20 } } }]),
  call('search users by bare keys', [
    'GET',
    '/api/users',
    { params: { query: { 'search.username': '%1%', 'page': 1, 'page_size': 10 } } },
  ]),
  call('a page that is none', ['GET', '/api/users', { params: { query: { page: 0 } } }]),
  call('a page size that is too large', ['GET', '/api/users', { params: { query: { page_size: 1000 } } }]),
  call('a user who does not exist', ['GET', '/api/users/{userId}', { params: { path: { userId: 'nobody' } } }]),
  call('delete a user who does not exist', [
    'DELETE',
    '/api/users/{userId}',
    { params: { path: { userId: 'nobody' } } },
  ]),
  call('a route that does not exist', ['GET', '/api/nothing-here']),
  {
    ...call('a path outside the API', ['GET', '/elsewhere']),
    mends: ['success'],
    official: { results: [{ threw: { name: 'SyntaxError' } }] },
    ours: { results: [{ data: /^<!doctype html>/, response: { status: 200 } }] },
  },
  call('create a user', ['POST', '/api/users', { body: user('a') }]),
  call('create the same user again', ['POST', '/api/users', { body: user('a') }]),
  call('create a user of nonsense', ['POST', '/api/users', { body: { username: 7 } }]),
  call('create a user from broken JSON', ['POST', '/api/users', { body: 1, bodySerializer: () => '{"a":' }]),
  {
    ...call('list roles', ['GET', '/api/roles', { params: { query: { page: 1, page_size: 20 } } }]),
    ignoreHeaders: ['content-length'],
  },
  call('list organizations', ['GET', '/api/organizations']),
  call('list resources', ['GET', '/api/resources']),
  call('list applications', ['GET', '/api/applications']),
  call('list hooks', ['GET', '/api/hooks']),
  call('the sign-in experience, in public', ['GET', '/api/.well-known/sign-in-exp']),
  call(
    'create a role and a resource',
    ['POST', '/api/roles', { body: { name: 'dropin', description: 'd' } }],
    ['POST', '/api/resources', { body: { name: 'r', indicator: 'https://r.example.com' } }],
  ),
  call('create an organization', ['POST', '/api/organizations', { body: { name: 'dropin' } }]),
  call('in sequence', ['GET', '/api/users/count'], ['GET', '/api/resources'], ['GET', '/api/users/count']),
  program('a user from beginning to end', async ({ apiClient }) => {
    const { data } = await apiClient.POST('/api/users', { body: user('b') });
    const params = { path: { userId: data.id } };
    return [
      { value: data },
      { value: await apiClient.GET('/api/users/{userId}', { params }) },
      { value: await apiClient.PATCH('/api/users/{userId}', { params, body: { name: 'Other' } }) },
      { value: await apiClient.PATCH('/api/users/{userId}/custom-data', { params, body: { customData: { a: 1 } } }) },
      { value: await apiClient.GET('/api/users/{userId}/custom-data', { params }) },
      { value: await apiClient.DELETE('/api/users/{userId}', { params }) },
      { value: await apiClient.GET('/api/users/{userId}', { params }) },
    ];
  }),
  program('page by page, by hand', async ({ apiClient }) => {
    const ids = [];
    for (let page = 1; ; page += 1) {
      const { data, response } = await apiClient.GET('/api/users', { params: { query: { page, page_size: 25 } } });
      ids.push(...data.map(({ id }) => id));
      if (ids.length >= Number(response.headers.get('total-number')) || data.length === 0) {
        break;
      }
    }
    return [{ value: ids }];
  }),
  program(
    'give a role, which answers Created as text',
    async ({ apiClient }) => {
      const { data: roles } = await apiClient.GET('/api/roles', { params: { query: { type: 'User' } } });
      const { data: users } = await apiClient.GET('/api/users', { params: { query: { page_size: 3 } } });
      const roleIds = [roles[0].id];
      return [
        await apiClient
          .POST('/api/roles/{id}/users', { params: { path: { id: roleIds[0] } }, body: { userIds: [users[2].id] } })
          .then(
            ({ data, response }) => ({ value: { data: data ?? null, status: response.status } }),
            (thrown) => ({ thrown }),
          ),
      ];
    },
    {
      mends: ['success'],
      official: { results: [{ threw: { name: 'SyntaxError' } }] },
      ours: { results: [{ value: { data: null, status: 201 } }] },
    },
  ),
];
