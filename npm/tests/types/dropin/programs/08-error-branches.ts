// Everything that may come of one call.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

interface LogtoErrorBody {
  code?: string;
  message?: string;
}

const isErrorBody = (value: unknown): value is LogtoErrorBody => typeof value === 'object' && value !== null;

export async function findUser(userId: string) {
  try {
    const result = await apiClient.GET('/api/users/{userId}', { params: { path: { userId } } });
    if (result.response.status === 404) {
      return undefined;
    }
    if (result.error) {
      const failure: unknown = result.error;
      throw new Error(isErrorBody(failure) ? `${failure.code}: ${failure.message}` : String(failure));
    }
    if (!result.response.ok) {
      throw new Error(JSON.stringify(result.error));
    }
    return result.data;
  } catch (thrown) {
    if (thrown instanceof TypeError) {
      console.error('no connection', thrown.message);
    }
    throw thrown;
  }
}

export async function nameOf(userId: string): Promise<string | null> {
  const user = await findUser(userId);
  return user?.name ?? null;
}
