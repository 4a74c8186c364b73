// One call of the API, in a process of its own whose environment the test chose. Prints what came of it as JSON.
import * as api from 'logto-management';

const { apiClient } = api.createManagementApi('default', {
  clientId: 'app',
  clientSecret: 'secret',
  baseUrl: process.env.BASE_URL,
  retries: 0,
  onWarning: ({ code }) => warnings.push(code),
});
const warnings = [];
try {
  const { data } = await apiClient.GET('/api/x');
  console.log(JSON.stringify({ data, warnings }));
} catch (error) {
  console.log(JSON.stringify({ reason: error.reason, message: error.message, cause: String(error.cause), warnings }));
}
