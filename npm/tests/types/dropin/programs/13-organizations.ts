// An organization's life.
import { createManagementApi } from '@logto/api/management';

export class Organizations {
  readonly #client: ReturnType<typeof createManagementApi>['apiClient'];

  constructor(...given: Parameters<typeof createManagementApi>) {
    this.#client = createManagementApi(...given).apiClient;
  }

  async create(name: string, description?: string): Promise<string> {
    const body = description === undefined ? { name } : { name, description };
    const { data, response } = await this.#client.POST('/api/organizations', { body });
    if (!data) throw new Error(`status ${response.status}`);
    return data.id;
  }

  async members(id: string): Promise<string[]> {
    const { data = [] } = await this.#client.GET('/api/organizations/{id}/users', {
      params: { path: { id }, query: { page_size: 100 } },
    });
    return data.flatMap((user) => user.organizationRoles.map((role) => `${user.id} ${role.name}`));
  }

  async invite(organizationId: string, invitee: string, organizationRoleIds: string[]) {
    const { data } = await this.#client.POST('/api/organization-invitations', {
      body: {
        organizationId,
        invitee,
        organizationRoleIds,
        expiresAt: Date.now() + 86_400_000,
        messagePayload: false,
      },
    });
    return data?.status;
  }

  async remove(id: string): Promise<void> {
    await this.#client.DELETE('/api/organizations/{id}', { params: { path: { id } } });
  }
}
