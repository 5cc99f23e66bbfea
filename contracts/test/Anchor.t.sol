// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogAnchor} from "../src/ILogAnchor.sol";
import {Test} from "./support/Vm.sol";

/// Goal: the log only grows, and what was once in it stays provable (invariant 12).
/// Method: trees built here by the recursive definition of RFC 9162 §2.1, proofs for all pairs of small sizes.
contract AnchorTest is Test {
    ILogAnchor private log;
    address private constant BACKUP = address(0xBAC);

    function setUp() external {
        vm.warp(1_800_000_000);
        log = make(bytes32(0), 0, bytes32(0));
    }

    function make(bytes32 prev, uint256 size, bytes32 root) private returns (ILogAnchor made) {
        bytes memory code =
            bytes.concat(vm.getCode("LogAnchor.sol:LogAnchor"), abi.encode(address(this), BACKUP, prev, size, root));
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
    }

    function leaf(uint256 i) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0), i));
    }

    function node(bytes32 l, bytes32 r) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), l, r));
    }

    function splitOf(uint256 n) private pure returns (uint256 k) {
        k = 1;
        while (k * 2 < n) k *= 2;
    }

    /// @dev The hash over the leaves [from, from + n).
    function tree(uint256 from, uint256 n) private pure returns (bytes32) {
        if (n == 1) return leaf(from);
        uint256 k = splitOf(n);
        return node(tree(from, k), tree(from + k, n - k));
    }

    bytes32[] private proof;

    function consistency(uint256 m, uint256 from, uint256 n, bool whole) private {
        if (m == n) {
            if (!whole) proof.push(tree(from, n));
            return;
        }
        uint256 k = splitOf(n);
        if (m <= k) {
            consistency(m, from, k, whole);
            proof.push(tree(from + k, n - k));
        } else {
            consistency(m - k, from + k, n - k, false);
            proof.push(tree(from, k));
        }
    }

    function inclusion(uint256 index, uint256 from, uint256 n) private {
        if (n == 1) return;
        uint256 k = splitOf(n);
        if (index < k) {
            inclusion(index, from, k);
            proof.push(tree(from + k, n - k));
        } else {
            inclusion(index - k, from + k, n - k);
            proof.push(tree(from, k));
        }
    }

    function acc() private view returns (bytes32 value) {
        (value,,) = log.head();
    }

    /// @dev Roots are computed before: a call of the SHA-256 precompile would be "the next call" that has to revert.
    function refuse(bytes32 prev, bytes32 oldRoot, uint256 size, bytes32 root, bytes32[] memory path, bytes4 why)
        private
    {
        vm.expectRevert(why);
        log.anchorProven(prev, oldRoot, size, root, path);
    }

    function test_consistency_of_all_small_sizes() external {
        bytes4 why = ILogAnchor.Inconsistent.selector;
        for (uint256 n = 2; n <= 17; ++n) {
            for (uint256 m = 1; m < n; ++m) {
                log = make(bytes32(0), 0, bytes32(0));
                log.anchorProven(0, 0, m, tree(0, m), new bytes32[](0));
                delete proof;
                consistency(m, 0, n, true);
                bytes32[] memory bad = proof;
                bad[n % bad.length] = ~bad[n % bad.length];
                refuse(0, tree(0, m), n, tree(0, n), bad, why);
                refuse(0, tree(0, m), n, tree(1, n), proof, why);
                bytes32[] memory longer = new bytes32[](proof.length + 1);
                for (uint256 i = 0; i < proof.length; ++i) {
                    longer[i] = proof[i];
                }
                refuse(0, tree(0, m), n, tree(0, n), longer, why);
                refuse(0, tree(0, m), n, tree(0, n), new bytes32[](0), why);
                log.anchorProven(0, tree(0, m), n, tree(0, n), proof);
            }
        }
    }

    function test_inclusion_of_all_small_leaves() external {
        for (uint256 n = 1; n <= 17; ++n) {
            log = make(bytes32(0), 0, bytes32(0));
            bytes32 root = tree(0, n);
            log.anchor(n, root);
            for (uint256 i = 0; i < n; ++i) {
                delete proof;
                inclusion(i, 0, n);
                isTrue(log.included(0, root, leaf(i), i, proof), "in the tree");
                isTrue(!log.included(0, root, leaf(n), i, proof), "another leaf");
                isTrue(!log.included(0, root, leaf(i), n, proof), "beyond the tree");
                bytes32[] memory longer = new bytes32[](proof.length + 1);
                isTrue(!log.included(0, root, leaf(i), i, longer), "too long");
                if (n > 1) isTrue(!log.included(0, root, leaf(i), i, new bytes32[](0)), "too short");
            }
        }
    }

    function test_the_chain_of_heads() external {
        eq(log.anchoredAt(), block.timestamp, "the deployment's time");
        (bytes32 one, bytes32 three, bytes32 five, bytes32 nine) = (tree(0, 1), tree(0, 3), tree(0, 5), tree(0, 9));
        bytes32 first_ = leaf(0);
        bytes32 four = tree(0, 4);
        vm.expectRevert(ILogAnchor.EmptyTree.selector);
        log.included(0, 0, 0, 0, proof);
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(ILogAnchor.NotAnchorer.selector, address(1)));
        log.anchor(1, one);
        vm.expectRevert(abi.encodeWithSelector(ILogAnchor.SizeNotRising.selector, 0, 0));
        log.anchor(0, 0);
        proof.push(0);
        vm.expectRevert(ILogAnchor.Inconsistent.selector);
        log.anchorProven(0, 0, 3, three, proof);
        log.anchor(3, three);
        bytes32 first = acc();
        vm.expectRevert(abi.encodeWithSelector(ILogAnchor.SizeNotRising.selector, 3, 3));
        log.anchor(3, three);
        vm.expectRevert(abi.encodeWithSelector(ILogAnchor.SizeNotRising.selector, 3, 1 << 40));
        log.anchor(1 << 40, 0);
        vm.warp(block.timestamp + 60);
        vm.prank(BACKUP);
        log.anchor(5, five);
        eq(log.anchoredAt(), block.timestamp, "time");
        eq(acc(), keccak256(abi.encode(first, 5, five)) >> 72 << 72, "chained");
        delete proof;
        consistency(5, 0, 9, true);
        vm.expectRevert(ILogAnchor.WrongHead.selector);
        log.anchorProven(0, five, 9, nine, proof);
        vm.expectRevert(ILogAnchor.WrongHead.selector);
        log.anchorProven(first, four, 9, nine, proof);
        vm.expectRevert(ILogAnchor.WrongHead.selector);
        log.included(0, five, first_, 0, proof);
        log.anchorProven(first, five, 9, nine, proof);
    }

    function test_the_largest_size() external {
        uint256 most = type(uint40).max;
        vm.expectRevert(abi.encodeWithSelector(ILogAnchor.SizeNotRising.selector, 0, most + 1));
        log.anchor(most + 1, "root");
        log.anchor(most, "root");
        (, uint256 size,) = log.head();
        eq(size, most, "a head of that size");
        (, size,) = make(0, most, "root").head();
        eq(size, most, "nor is a new anchor afraid of it");
    }

    function test_a_new_anchor_continues() external {
        log.anchor(3, tree(0, 3));
        ILogAnchor next = make(0, 3, tree(0, 3));
        (bytes32 a, uint256 size,) = next.head();
        eq(a, acc(), "same head");
        eq(size, 3, "same size");
        eq(address(make(0, 1 << 40, 0)), address(0), "too large");
        eq(create(address(this), address(0)), address(0), "no backup");
        eq(create(address(0), BACKUP), address(0), "no anchorer");
    }

    function create(address anchorer, address backup) private returns (address made) {
        bytes memory code = bytes.concat(vm.getCode("LogAnchor.sol:LogAnchor"), abi.encode(anchorer, backup, 0, 0, 0));
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
    }
}
