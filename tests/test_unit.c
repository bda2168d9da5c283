/* test_unit.c: paths of cgroups as systemd, container runtimes and Kubernetes make them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rxpath/unit.h"

#define ID "91c4a1d0e2b7000000000000000000000000000000000000000000000000abcd"

static const struct {
	const char *path, *unit, *text;
} cases[] = {
	{"", "", ""},
	{"/", "", ""},
	{"/init.scope", "init.scope", "init.scope"},
	{"/system.slice/sflow.service", "sflow.service", "sflow.service"},
	{"/system.slice/sflow.service/workers", "sflow.service", "sflow.service"},
	{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope", "session-3.scope"},
	{"/user.slice/user-1000.slice", "", ""},
	{"/system.slice/docker-" ID ".scope", "docker-" ID ".scope", "container 91c4a1d0e2b7"},
	{"/docker/" ID, ID, "container 91c4a1d0e2b7"},
	{"/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope",
	 "container 91c4a1d0e2b7"},
	{"/kubepods.slice/kubepods-burstable.slice/"
	 "kubepods-burstable-pod3f2a77b0_6d1c_4e5f_9a00_112233445566.slice/cri-containerd-" ID
	 ".scope",
	 "cri-containerd-" ID ".scope", "pod 3f2a77b0 container 91c4a1d0e2b7"},
	{"/kubepods/besteffort/pod3f2a77b0-6d1c-4e5f-9a00-112233445566/" ID, ID,
	 "pod 3f2a77b0 container 91c4a1d0e2b7"},
	{"/kubepods/besteffort/pod3f2a77b0-6d1c-4e5f-9a00-112233445566",
	 "pod3f2a77b0-6d1c-4e5f-9a00-112233445566", "pod 3f2a77b0"},
	{"/kubepods/besteffort/pod3f2a77b0-pod", "pod3f2a77b0-pod", "pod 3f2a77b0"},
	{"/kubepods/besteffort/pod3f2a77b", "", ""},
	/* cri-o, with what watches each of its containers. */
	{"/kubepods.slice/kubepods-pod3f2a77b0_6d1c_4e5f_9a00_112233445566.slice/crio-" ID ".scope",
	 "crio-" ID ".scope", "pod 3f2a77b0 container 91c4a1d0e2b7"},
	{"/kubepods.slice/kubepods-besteffort.slice/"
	 "kubepods-besteffort-pod3f2a77b0_6d1c_4e5f_9a00_112233445566.slice/crio-conmon-" ID
	 ".scope",
	 "crio-conmon-" ID ".scope", "pod 3f2a77b0 container 91c4a1d0e2b7"},
	/* A kubelet below a group of its own (kind), and docker below Kubernetes. */
	{"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
	 "kubelet-kubepods-besteffort-pod3f2a77b0_6d1c_4e5f_9a00_112233445566.slice/"
	 "cri-containerd-" ID ".scope",
	 "cri-containerd-" ID ".scope", "pod 3f2a77b0 container 91c4a1d0e2b7"},
	{"/kubepods.slice/kubepods-pod3f2a77b0_6d1c_4e5f_9a00_112233445566.slice/docker-" ID
	 ".scope",
	 "docker-" ID ".scope", "pod 3f2a77b0 container 91c4a1d0e2b7"},
	/* containerd that was told of systemd's names and does not use systemd. */
	{"/system.slice/containerd.service/"
	 "kubepods-burstable-pod3f2a77b0_6d1c_4e5f_9a00_112233445566.slice:cri-containerd:" ID,
	 "kubepods-burstable-pod3f2a77b0_6d1c_4e5f_9a00_112233445566.slice:cri-containerd:" ID,
	 "pod 3f2a77b0 container 91c4a1d0e2b7"},
	/* A static pod, whose uid is a hash. */
	{"/kubepods/burstable/pod3f2a77b06d1c4e5f9a00112233445566/" ID, ID,
	 "pod 3f2a77b0 container 91c4a1d0e2b7"},
	/* containerd with nerdctl; podman without systemd and for a user; docker in docker. */
	{"/default/" ID, ID, "container 91c4a1d0e2b7"},
	{"/libpod_parent/libpod-" ID, "libpod-" ID, "container 91c4a1d0e2b7"},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
	 "libpod-" ID ".scope", "container 91c4a1d0e2b7"},
	{"/docker/0000000000000000000000000000000000000000000000000000000000000000/docker/" ID, ID,
	 "container 91c4a1d0e2b7"},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/sync.service", "sync.service",
	 "sync.service"},
	{"/machine.slice/systemd-nspawn@web.service/payload", "systemd-nspawn@web.service",
	 "systemd-nspawn@web.service"},
	{"/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/emulator",
	 "machine-qemu\\x2d1\\x2dweb.scope", "machine-qemu\\x5Cx2d1\\x5Cx2dweb.scope"},
	{"/lxc.payload.web/init", "lxc.payload.web", "lxc.payload.web"},
	/* A name that only begins like an id, and one that ends like a unit. */
	{"/docker/91c4a1d0e2b7", "", ""},
	{"/podium/.service", "", ""},
	{"/a/podcafe", "", ""},
	/* As long as an id and a uid, and neither. */
	{"/machine.slice/podman-api-of-somebody.slice", "", ""},
	{"/docker/91c4a1d0e2b791c4a1d0e2b791c4a1d0e2b791c4a1d0e2b791c4a1d0e2b7g291", "", ""},
	{"/x/evil\033[2J.service", "evil\033[2J.service", "evil\\x1B[2J.service"},
};

static void names_units(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rxpath_slice unit = rxpath_unit_of(rxpath_slice_of(cases[i].path));
		struct rxpath_buf text = {0};

		if (!rxpath_slice_is(unit, cases[i].unit))
			fail_msg("%s: unit '%.*s'", cases[i].path, (int)unit.len, unit.ptr);
		rxpath_unit_text(rxpath_slice_of(cases[i].path), &text);
		if (!rxpath_slice_is(rxpath_buf_view(&text), cases[i].text))
			fail_msg("%s: text '%.*s'", cases[i].path, (int)text.len, text.data);
		rxpath_buf_free(&text);
	}
}

static bool is_in(const char *path, const char *name)
{
	return rxpath_unit_is(rxpath_slice_of(path), rxpath_slice_of(name));
}

static bool is_in_container(const char *path, const char *id)
{
	return rxpath_unit_is_container(rxpath_slice_of(path), rxpath_slice_of(id));
}

static void finds_by_name(void **state)
{
	(void)state;
	assert_true(is_in("/system.slice/sflow.service", "sflow.service"));
	assert_true(is_in("/system.slice/sflow.service/workers", "sflow"));
	assert_false(is_in("/system.slice/sflow.service", "sflo"));
	assert_false(is_in("/system.slice/sflow.service", ""));
	assert_false(is_in("/system.slice/sflow.service", "sflow.service.d"));
	assert_true(is_in_container("/system.slice/docker-" ID ".scope", "91c4"));
	assert_true(is_in_container("/docker/" ID, ID));
	assert_false(is_in_container("/docker/" ID, "91c"));
	assert_false(is_in_container("/docker/" ID, "91c5"));
	assert_false(is_in_container("/system.slice/91c4.service", "91c4"));
}

static const char *path_of(const char *text, char *out, size_t size)
{
	struct rxpath_slice path = rxpath_unit_path(rxpath_slice_of(text));

	assert_true(path.len < size);
	memcpy(out, path.ptr, path.len);
	out[path.len] = '\0';
	return out;
}

static void chooses_a_hierarchy(void **state)
{
	char path[128];

	(void)state;
	assert_string_equal(path_of("0::/system.slice/a.service\n", path, sizeof path),
			    "/system.slice/a.service");
	/* Hybrid: systemd keeps its own hierarchy, and cgroup2 is empty. */
	assert_string_equal(path_of("2:cpu,cpuacct:/\n1:name=systemd:/system.slice/a.service\n"
				    "0::/\n",
				    path, sizeof path),
			    "/system.slice/a.service");
	assert_string_equal(
		path_of("2:memory:/docker/" ID "\n1:name=systemd:/\n0::/\n", path, sizeof path),
		"/docker/" ID);
	assert_string_equal(path_of("2:memory:/x\n0::/y\n", path, sizeof path), "/y");
	assert_string_equal(path_of("3:cpu:/a:b.service\n", path, sizeof path), "/a:b.service");
	assert_string_equal(path_of("nonsense\n", path, sizeof path), "");
	assert_string_equal(path_of("", path, sizeof path), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_units),
		cmocka_unit_test(finds_by_name),
		cmocka_unit_test(chooses_a_hierarchy),
	};

	return cmocka_run_group_tests_name("unit", tests, NULL, NULL);
}
