// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The proofs of RFC 9162 (certificate transparency), verified on chain with the SHA-256 precompile.
/// @dev Node hash: SHA-256(0x01 ‖ left ‖ right). Source: RFC 9162 §2.1.3.2 (inclusion) and §2.1.4.2 (consistency).
library MerkleTree {
    /// @notice Is `leafHash` the leaf `index` of the tree (size, root)?
    function included(uint256 index, uint256 size, bytes32 leafHash, bytes32 root, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        if (index >= size) return false;
        uint256 fn = index;
        uint256 sn = size - 1;
        bytes32 r = leafHash;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (sn == 0) return false;
            if (fn & 1 == 1 || fn == sn) {
                r = _node(proof[i], r);
                // The last node of an uneven level rises alone. It is not 0, as fn == sn and sn is not.
                while (fn & 1 == 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                r = _node(r, proof[i]);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && r == root;
    }

    /// @notice Does the tree (size2, root2) extend (size1, root1)? 0 < size1 < size2.
    function consistent(uint256 size1, bytes32 root1, uint256 size2, bytes32 root2, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        // A whole first tree is the first hash of the path itself, and is not sent.
        bool whole = size1 & (size1 - 1) == 0;
        if (!whole && proof.length == 0) return false;
        uint256 fn = size1 - 1;
        uint256 sn = size2 - 1;
        while (fn & 1 == 1) (fn, sn) = (fn >> 1, sn >> 1);
        bytes32 fr = whole ? root1 : proof[0];
        bytes32 sr = fr;
        for (uint256 i = whole ? 0 : 1; i < proof.length; ++i) {
            if (sn == 0) return false;
            bytes32 c = proof[i];
            if (fn & 1 == 1 || fn == sn) {
                fr = _node(c, fr);
                sr = _node(c, sr);
                while (fn & 1 == 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                sr = _node(sr, c);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && fr == root1 && sr == root2;
    }

    /// @dev One call of the precompile at address 2, in memory that is free.
    function _node(bytes32 left, bytes32 right) private view returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 1)
            mstore(add(free, 1), left)
            mstore(add(free, 33), right)
            if iszero(staticcall(gas(), 2, free, 65, 0, 32)) { revert(0, 0) }
            digest := mload(0)
        }
    }
}
