"""The dashboard in headless Chromium."""

import base64
import json

from browser import Browser
from database import wait_until
from selenium.webdriver.common.by import By

LOGIN = """
const done = arguments[arguments.length - 1];
fetch('/login/', {method: 'POST', body: new URLSearchParams({username: arguments[0], password: arguments[1]})})
    .then(answer => done(answer.url), error => done(String(error)));
"""
EXPLORE = """
const done = arguments[arguments.length - 1];
fetch('/superset/explore_json/', {method: 'POST', body: arguments[0], headers: {'Content-Type': arguments[1]}})
    .then(answer => answer.json()).then(done, error => done({error: String(error)}));
"""
# Texts of a tab's charts, and whether any of them still loads.
STATE = """
const visible = element => element.offsetParent !== null;
return {
    charts: Array.from(document.querySelectorAll('.dashboard-component-chart-holder')).filter(visible).length,
    drawn: Array.from(document.querySelectorAll('.slice_container')).filter(visible).length,
    loading: Array.from(document.querySelectorAll('.loading, [data-test="loading-indicator"]')).filter(visible).length,
    errors: Array.from(document.querySelectorAll('.ant-alert-error, [data-test="chart-error"]')).filter(visible)
        .map(element => element.innerText),
    text: document.body.innerText,
};
"""


class Screens(Browser):
    PREFERENCES = {'goog:loggingPrefs': {'performance': 'ALL'}}

    def __init__(self, width=1600, height=1400):
        super().__init__()
        self._driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride',
                                     {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})
        self._driver.set_script_timeout(120)
        self._driver.set_page_load_timeout(120)

    def login(self, url, user, password):
        self._driver.get(f'{url}login/')
        landed = self._driver.execute_async_script(LOGIN, user, password)
        assert '/login' not in landed, f'no login: {landed}'

    def show(self, address, charts):
        """Opens a dashboard and waits until its first tab has drawn so many charts."""
        self._driver.get(address)
        self.wait_for_charts(charts)

    def open_tab(self, text, charts):
        tabs = [tab for tab in self._driver.find_elements(By.CSS_SELECTOR, '[role="tab"]') if tab.text == text]
        assert len(tabs) == 1, f'{len(tabs)} tabs "{text}"'
        tabs[0].click()
        self.wait_for_charts(charts)

    def wait_for_charts(self, count):
        self.state = {}

        def are_drawn():
            self.state = self._driver.execute_script(STATE)
            return self.state['charts'] == self.state['drawn'] == count and self.state['loading'] == 0
        try:
            wait_until(are_drawn, f'not {count} charts', 120)
        except TimeoutError as error:
            raise TimeoutError(f'{error}: {self.state}') from None

    def screenshot(self, path):
        # Charts fade and grow in.
        self._driver.execute_async_script('setTimeout(arguments[0], 1500)')
        path.parent.mkdir(parents=True, exist_ok=True)
        image = self._driver.execute_cdp_cmd('Page.captureScreenshot', {'format': 'png'})
        path.write_bytes(base64.b64decode(image['data']))
        return path

    def queries(self):
        """Bodies of the chart queries that were posted since the last call."""
        events = [json.loads(entry['message'])['message'] for entry in self._driver.get_log('performance')]
        requests = [event['params']['request'] for event in events if event['method'] == 'Network.requestWillBeSent']
        return [(request['url'], request.get('postData')) for request in requests
                if '/api/v1/chart/data' in request['url'] or 'explore_json' in request['url']]

    def explore(self, body):
        """The answer to a posted form of the older way, as mapping."""
        boundary = body.split('\r\n', 1)[0]
        return self._driver.execute_async_script(EXPLORE, body, f'multipart/form-data; boundary={boundary[2:]}')
