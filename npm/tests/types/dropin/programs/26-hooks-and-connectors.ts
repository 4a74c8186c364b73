// Hooks, connectors and the sign-in experience.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function watch(url: string): Promise<string | undefined> {
  const { data } = await apiClient.POST('/api/hooks', {
    body: {
      name: 'audit',
      events: ['User.Created', 'PostSignIn'],
      config: { url, headers: { 'x-a': 'b' } },
      enabled: true,
    },
  });
  return data?.signingKey;
}

export async function targets(): Promise<string[]> {
  const { data } = await apiClient.GET('/api/connectors', { params: { query: { target: 'github' } } });
  return (data ?? []).map(
    (connector) => `${connector.target} ${connector.type} ${Object.keys(connector.config).length}`,
  );
}

export async function dark(): Promise<boolean> {
  const { data } = await apiClient.PATCH('/api/sign-in-exp', {
    params: { query: { removeUnusedDemoSocialConnector: 'false' } },
    body: {
      color: { primaryColor: '#000', isDarkModeEnabled: true, darkPrimaryColor: '#fff' },
      signIn: {
        methods: [{ identifier: 'email', password: true, verificationCode: true, isPasswordPrimary: false }],
      },
      mfa: { policy: 'UserControlled', factors: ['Totp', 'BackupCode'] },
    },
  });
  return data?.color.isDarkModeEnabled ?? false;
}

export async function experience() {
  const { data } = await apiClient.GET('/api/.well-known/sign-in-exp', { params: { query: { appId: 'app' } } });
  return data?.signInMode;
}
