"""Runs in Superset's environment: makes or upgrades its metadata, its roles and an administrator.

    SUPERSET_CONFIG_PATH=... SUPERSET_ADMIN_PASSWORD=... python prepare.py

What the commands db upgrade, fab create-admin and init do, in one process: each of them takes many seconds to start.
"""

import logging
import os

logging.disable(logging.WARNING)

from superset.app import create_app  # noqa: E402

ADMINISTRATOR = 'admin'


def main():
    app = create_app()
    with app.app_context():
        from flask_migrate import upgrade
        from superset.extensions import appbuilder, security_manager
        upgrade(directory=os.path.join(app.root_path, 'migrations'))
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        password = os.environ['SUPERSET_ADMIN_PASSWORD']
        user = security_manager.find_user(ADMINISTRATOR)
        if user is None:
            security_manager.add_user(ADMINISTRATOR, 'Superset', 'Admin', 'admin@localhost', security_manager.find_role('Admin'),
                                      password=password)
        else:
            security_manager.reset_password(user.id, password)


if __name__ == '__main__':
    main()
